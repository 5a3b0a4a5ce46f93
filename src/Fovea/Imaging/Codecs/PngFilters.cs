namespace Fovea.Imaging.Codecs;

/// <summary>The five row filters of PNG (ISO/IEC 15948, chapter 9), undone in place.</summary>
internal static class PngFilters
{
    /// <summary>Undoes a filter; false if there is no filter of this number.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="row">The filtered bytes, replaced by the samples.</param>
    /// <param name="previous">The samples of the row above, zero for the first row of a pass; as long as <paramref name="row"/>.</param>
    /// <param name="distance">Bytes from a sample to the one on its left.</param>
    public static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> previous, int distance)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                Left(row, distance);
                return true;
            case 2:
                Up(row, previous);
                return true;
            case 3:
                Average(row, previous, distance);
                return true;
            case 4:
                Paeth(row, previous, distance);
                return true;
            default:
                return false;
        }
    }

    private static void Left(Span<byte> row, int distance)
    {
        for (int i = distance; i < row.Length; i++)
        {
            row[i] += row[i - distance];
        }
    }

    private static void Up(Span<byte> row, ReadOnlySpan<byte> previous)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] += previous[i];
        }
    }

    private static void Average(Span<byte> row, ReadOnlySpan<byte> previous, int distance)
    {
        int start = Math.Min(distance, row.Length);
        for (int i = 0; i < start; i++)
        {
            row[i] += (byte)(previous[i] >> 1);
        }

        for (int i = start; i < row.Length; i++)
        {
            row[i] += (byte)((row[i - distance] + previous[i]) >> 1);
        }
    }

    private static void Paeth(Span<byte> row, ReadOnlySpan<byte> previous, int distance)
    {
        int start = Math.Min(distance, row.Length);
        for (int i = 0; i < start; i++)
        {
            row[i] += previous[i];
        }

        for (int i = start; i < row.Length; i++)
        {
            int left = row[i - distance], up = previous[i], corner = previous[i - distance];
            int toLeft = Math.Abs(up - corner);
            int toUp = Math.Abs(left - corner);
            int toCorner = Math.Abs(left + up - (2 * corner));
            row[i] += (byte)(toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner);
        }
    }
}
