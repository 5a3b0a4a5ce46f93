using Iced.Intel;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>The assembled integer products: one for each number of rows and kind of weights, in one region of memory.</summary>
internal sealed unsafe class IntegerRoutines
{
    private const int Alignment = 64;

    private readonly delegate* unmanaged[SuppressGCTransition]<IntegerTile*, void>[] _routines;

    private IntegerRoutines(byte* code, int[] starts)
    {
        _routines = new delegate* unmanaged[SuppressGCTransition]<IntegerTile*, void>[starts.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            _routines[i] = (delegate* unmanaged[SuppressGCTransition]<IntegerTile*, void>)(code + starts[i]);
        }
    }

    /// <summary>Assembles them and tries each one; null if the system does not allow code to be made, or if one computes something else than plain loops do.</summary>
    public static IntegerRoutines? Create()
    {
        var (code, starts) = Assemble(Routine.IsWindows);
        byte* memory = ExecutableMemory.Of(code);
        if (memory == null)
        {
            return null;
        }

        var routines = new IntegerRoutines(memory, starts);
        return IntegerSelfTest.Passes(routines.Run) ? routines : null;
    }

    /// <summary>Adds the products of a tile to its sums.</summary>
    public void Run(in IntegerTile tile)
    {
        fixed (IntegerTile* pointer = &tile)
        {
            _routines[Index((int)tile.Rows, tile.IsFourBit)](pointer);
        }
    }

    /// <summary>The machine code, and where the routine of each <see cref="Index"/> starts.</summary>
    internal static (byte[] Code, int[] Starts) Assemble(bool windows)
    {
        using var stream = new MemoryStream();
        int[] starts = new int[2 * Panels.Rows];
        foreach (bool fourBit in new[] { false, true })
        {
            for (int rows = 1; rows <= Panels.Rows; rows++)
            {
                while (stream.Length % Alignment != 0)
                {
                    stream.WriteByte(0xCC);
                }

                starts[Index(rows, fourBit)] = (int)stream.Length;
                var assembler = new Assembler(64);
                IntegerRoutine.Assemble(assembler, rows, fourBit, windows);
                assembler.Assemble(new StreamCodeWriter(stream), 0);
            }
        }

        return (stream.ToArray(), starts);
    }

    internal static int Index(int rows, bool fourBit) => rows - 1 + (fourBit ? Panels.Rows : 0);
}
