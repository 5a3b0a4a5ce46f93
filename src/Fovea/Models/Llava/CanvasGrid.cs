using Fovea.Imaging;

namespace Fovea.Models.Llava;

/// <summary>Which part of a canvas of tiles shows the picture, and how large it may be.</summary>
internal static class CanvasGrid
{
    /// <summary>The rows and columns of tokens that are not padding, in doubles and in this order of operations.</summary>
    /// <param name="picture">The picture as it was given.</param>
    /// <param name="rows">Rows of the canvas.</param>
    /// <param name="columns">Columns of the canvas.</param>
    /// <param name="round">Whether to round to seven decimals before truncating, as the Hugging Face code does and the original does not.</param>
    public static (int Top, int Rows, int Left, int Columns) Unpad(ImageSize picture, int rows, int columns, bool round = true)
    {
        double ratio = (double)picture.Width / picture.Height;
        if (ratio > (double)columns / rows)
        {
            int kept = Whole(picture.Height * ((double)columns / picture.Width), round);
            int padding = (rows - kept) / 2;
            return (padding, rows - (2 * padding), 0, columns);
        }

        int width = Whole(picture.Width * ((double)rows / picture.Height), round);
        int side = (columns - width) / 2;
        return (0, rows, side, columns - (2 * side));
    }

    /// <summary>The size of a canvas that is not to exceed about <paramref name="tiles"/> tiles' tokens; 0 = no limit.</summary>
    public static (int Rows, int Columns) Limit(int rows, int columns, int side, int tiles)
    {
        if (tiles == 0)
        {
            return (rows, columns);
        }

        double factor = Math.Sqrt((double)rows * columns / ((double)tiles * side * side));
        return factor > 1.1 ? (FloorDivide(rows, factor), FloorDivide(columns, factor)) : (rows, columns);
    }

    private static int Whole(double value, bool round) => (int)(round ? Math.Round(value, 7, MidpointRounding.ToEven) : value);

    /// <summary>Floor division of floating-point numbers: a/r itself can round up to a whole number.</summary>
    private static int FloorDivide(double a, double r) => (int)Math.Round((a - (a % r)) / r);
}
