using Iced.Intel;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>The assembled integer products: one for each number of rows and kind of weights.</summary>
internal sealed unsafe class IntegerRoutines
{
    /// <summary>Appends the routine for so many rows and 32 columns, of 8 or 4 bits, for the calling convention of Windows or of System V.</summary>
    public delegate void Assembly(Assembler code, int rows, bool fourBit, bool windows);

    private readonly nint* _starts;

    private IntegerRoutines(nint* starts)
    {
        _starts = starts;
    }

    /// <summary>Assembles them and tries each one; null if the system does not allow code to be made, or if one computes something else than plain loops do.</summary>
    public static IntegerRoutines? Create(Assembly assemble)
    {
        using var code = new RoutineCode();
        foreach (bool fourBit in new[] { false, true })
        {
            for (int rows = 1; rows <= Panels.Rows; rows++)
            {
                int count = rows;
                code.Add(assembler => assemble(assembler, count, fourBit, Routine.IsWindows));
            }
        }

        nint* starts = code.Publish();
        if (starts == null)
        {
            return null;
        }

        var routines = new IntegerRoutines(starts);
        return IntegerSelfTest.Passes(routines.Run) ? routines : null;
    }

    /// <summary>Adds the products of a tile to its sums.</summary>
    public void Run(in IntegerTile tile)
    {
        fixed (IntegerTile* pointer = &tile)
        {
            nint start = _starts[(int)tile.Rows - 1 + (tile.IsFourBit ? Panels.Rows : 0)];
            ((delegate* unmanaged[SuppressGCTransition]<IntegerTile*, void>)start)(pointer);
        }
    }
}
