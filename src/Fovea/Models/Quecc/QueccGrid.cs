namespace Fovea.Models.Quecc;

/// <summary>
/// How QueCC divides the square of patches: cells of a strided convolution, and as many windows that its attention looks into. The two coincide where kernel
/// and stride are equal and divide the side.
/// </summary>
public sealed record QueccGrid
{
    private QueccGrid(int side, int kernel, int stride)
    {
        Side = side;
        Kernel = kernel;
        Stride = stride;
        Cells = ((side - kernel) / stride) + 1;
    }

    /// <summary>Patches per side.</summary>
    public int Side { get; }

    /// <summary>Side of a cell of the convolution, in patches.</summary>
    public int Kernel { get; }

    /// <summary>From one cell to the next, in patches.</summary>
    public int Stride { get; }

    /// <summary>Cells, and tokens that come out, per side.</summary>
    public int Cells { get; }

    /// <summary>Side of a window, in patches.</summary>
    public int Window => Side / Cells;

    /// <summary>Patches of a picture.</summary>
    public int Patches => Side * Side;

    /// <summary>Tokens that come out of a picture.</summary>
    public int Tokens => Cells * Cells;

    /// <summary>Patches in a window.</summary>
    public int WindowPatches => Window * Window;

    /// <summary>The grid of a number of patches.</summary>
    /// <param name="patches">A square number.</param>
    /// <param name="kernel">At least 1, at most the side.</param>
    /// <param name="stride">At least 1.</param>
    /// <exception cref="ArgumentException">The numbers give no grid; the message says which and why. The reference refuses some of them only when it runs.</exception>
    public static QueccGrid Of(int patches, int kernel, int stride)
    {
        int side = (int)Math.Sqrt(Math.Max(patches, 0));
        if (patches < 1 || side * side != patches)
        {
            throw new ArgumentException($"{patches} patches are no square.");
        }

        if (kernel < 1 || stride < 1 || kernel > side)
        {
            throw new ArgumentException($"Kernel {kernel} and stride {stride} do not fit a side of {side} patches: both must be at least 1, the kernel at most the side.");
        }

        var grid = new QueccGrid(side, kernel, stride);
        return grid.Window * grid.Cells == side
            ? grid
            : throw new ArgumentException($"Kernel {kernel} and stride {stride} give {grid.Cells} cells a side, which do not divide {side} patches into windows.");
    }

    /// <summary>The patches window by window, row by row inside each, for pictures end to end.</summary>
    public int[] WindowOrder(int pictures)
    {
        var order = new int[pictures * Patches];
        int next = 0;
        for (int picture = 0; picture < pictures; picture++)
        {
            for (int cell = 0; cell < Tokens; cell++)
            {
                int top = cell / Cells * Window, left = cell % Cells * Window;
                for (int i = 0; i < WindowPatches; i++)
                {
                    order[next++] = (picture * Patches) + ((top + (i / Window)) * Side) + left + (i % Window);
                }
            }
        }

        return order;
    }
}
