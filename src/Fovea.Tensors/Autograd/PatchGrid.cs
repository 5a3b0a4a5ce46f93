namespace Fovea.Tensors.Autograd;

/// <summary>How a square window walks over pictures. What the last window does not reach is cut off.</summary>
/// <param name="Pictures">Number of pictures.</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Kernel">Side of the window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">Zeros around the picture.</param>
public readonly record struct PatchGrid(int Pictures, int Height, int Width, int Kernel, int Stride, int Padding = 0)
{
    /// <summary>Windows from top to bottom.</summary>
    public int Rows => Windows(Height);

    /// <summary>Windows from left to right.</summary>
    public int Columns => Windows(Width);

    /// <summary>Windows of all pictures.</summary>
    public int Count => Pictures * Rows * Columns;

    /// <summary>The pixel under a place of a window, counted over all pictures, row by row; −1 in the padding.</summary>
    /// <param name="window">The window, counted over all pictures, row by row.</param>
    /// <param name="row">Row in the window.</param>
    /// <param name="column">Column in the window.</param>
    public int Pixel(int window, int row, int column)
    {
        int picture = window / (Rows * Columns), place = window % (Rows * Columns);
        int y = (place / Columns * Stride) + row - Padding, x = (place % Columns * Stride) + column - Padding;
        return y < 0 || x < 0 || y >= Height || x >= Width ? -1 : (((picture * Height) + y) * Width) + x;
    }

    private int Windows(int extent) => extent + (2 * Padding) < Kernel ? 0 : ((extent + (2 * Padding) - Kernel) / Stride) + 1;
}
