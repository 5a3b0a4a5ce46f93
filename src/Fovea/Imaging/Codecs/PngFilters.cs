using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// The five row filters of PNG (ISO/IEC 15948, chapter 9), undone. A sample hangs on its left neighbour, so vectors hold the bytes of one pixel; up to
/// eight bytes are computed and those
/// that belong to the next pixel are written over by it.
/// </summary>
internal static class PngFilters
{
    private const int Lanes = 8;

    /// <summary>Undoes a filter; false if there is no filter of this number.</summary>
    /// <param name="filter">0 to 4.</param>
    /// <param name="stored">The filtered bytes.</param>
    /// <param name="above">The samples of the row above, zero for the first row of a pass.</param>
    /// <param name="row">The samples; as long as the others and apart from them.</param>
    /// <param name="distance">Bytes from a sample to the one on its left, 1 to 8.</param>
    public static bool Undo(byte filter, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row, int distance)
    {
        switch (filter)
        {
            case 0:
                stored.CopyTo(row);
                return true;
            case 1:
                Left(stored, row, distance);
                return true;
            case 2:
                Up(stored, above, row);
                return true;
            case 3:
                Average(stored, above, row, distance);
                return true;
            case 4:
                Paeth(stored, above, row, distance);
                return true;
            default:
                return false;
        }
    }

    private static void Left(ReadOnlySpan<byte> stored, Span<byte> row, int distance)
    {
        var left = Vector128<byte>.Zero;
        int i = 0;
        for (; i + Lanes <= row.Length; i += distance)
        {
            left += Load(stored, i);
            Store(left, row, i);
        }

        for (; i < row.Length; i++)
        {
            row[i] = (byte)(stored[i] + (i >= distance ? row[i - distance] : 0));
        }
    }

    private static void Up(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row)
    {
        int i = 0;
        for (; i + Vector<byte>.Count <= row.Length; i += Vector<byte>.Count)
        {
            (new Vector<byte>(stored[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        }

        for (; i < row.Length; i++)
        {
            row[i] = (byte)(stored[i] + above[i]);
        }
    }

    private static void Average(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row, int distance)
    {
        var left = Vector128<byte>.Zero;
        int i = 0;
        for (; i + Lanes <= row.Length; i += distance)
        {
            var mean = (Vector128.WidenLower(left) + Vector128.WidenLower(Load(above, i))) >> 1;
            left = Load(stored, i) + Vector128.Narrow(mean, mean);
            Store(left, row, i);
        }

        for (; i < row.Length; i++)
        {
            row[i] = (byte)(stored[i] + (((i >= distance ? row[i - distance] : 0) + above[i]) >> 1));
        }
    }

    private static void Paeth(ReadOnlySpan<byte> stored, ReadOnlySpan<byte> above, Span<byte> row, int distance)
    {
        var left = Vector128<short>.Zero;
        var corner = Vector128<short>.Zero;
        int i = 0;
        for (; i + Lanes <= row.Length; i += distance)
        {
            var up = Vector128.WidenLower(Load(above, i)).AsInt16();
            var toLeft = Vector128.Abs(up - corner);
            var toUp = Vector128.Abs(left - corner);
            var toCorner = Vector128.Abs(left + up - corner - corner);
            var upOrCorner = Vector128.ConditionalSelect(Vector128.LessThanOrEqual(toUp, toCorner), up, corner);
            var nearest = Vector128.ConditionalSelect(Vector128.LessThanOrEqual(toLeft, Vector128.Min(toUp, toCorner)), left, upOrCorner).AsUInt16();
            var samples = Load(stored, i) + Vector128.Narrow(nearest, nearest);
            Store(samples, row, i);
            left = Vector128.WidenLower(samples).AsInt16();
            corner = up;
        }

        for (; i < row.Length; i++)
        {
            bool first = i < distance;
            row[i] = (byte)(stored[i] + Nearest(first ? 0 : row[i - distance], above[i], first ? 0 : above[i - distance]));
        }
    }

    /// <summary>Of left, up and corner the one nearest to left + up − corner; the earlier of equals.</summary>
    private static int Nearest(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - (2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static Vector128<byte> Load(ReadOnlySpan<byte> bytes, int at) => Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(bytes[at..])).AsByte();

    private static void Store(Vector128<byte> samples, Span<byte> row, int at) => MemoryMarshal.Write(row[at..], samples.AsUInt64().ToScalar());
}
