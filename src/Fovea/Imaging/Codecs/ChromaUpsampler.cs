using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Gives the rows of a JPEG component at the size of the picture: triangle filters for factors of two, as libjpeg's "fancy upsampling" computes them, and
/// repetition for every other factor. What lies beyond the true size of a plane repeats its edge; padding of blocks is never seen.
/// </summary>
internal sealed class ChromaUpsampler
{
    private const int Lanes = 16;

    private readonly JpegComponent _component;
    private readonly int _factorX;
    private readonly int _factorY;
    private readonly byte[] _row;
    private readonly ushort[] _sums;

    public ChromaUpsampler(JpegFrame frame, JpegComponent component)
    {
        _component = component;
        _factorX = frame.MaxH / component.H;
        _factorY = frame.MaxV / component.V;
        bool stored = _factorX == 1 && _factorY == 1;
        _row = stored ? [] : new byte[component.Width * _factorX];
        _sums = _factorX == 2 && _factorY == 2 ? new ushort[component.Width] : [];
    }

    /// <summary>Row <paramref name="y"/> of the picture, at least as wide as it; valid until the next call.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        int width = _component.Width;
        bool smooth = _factorX == 1 || width > 2;
        switch (_factorX, _factorY)
        {
            case (1, 1):
                return Stored(y);
            case (2, 1) when smooth:
                Horizontal(Stored(y), _row);
                break;
            case (2, 2) when smooth:
                Blend(Stored(y / 2), Neighbour(y), _sums);
                Both(_sums, _row);
                break;
            case (1, 2):
                Vertical(Stored(y / 2), Neighbour(y), y & 1, _row);
                break;
            default:
                Repeat(Stored(y / _factorY), _factorX, _row);
                break;
        }

        return _row;
    }

    private ReadOnlySpan<byte> Stored(int y) => _component.Plane.AsSpan(y * _component.Stride, _component.Width);

    /// <summary>The stored row that weighs one quarter in row <paramref name="y"/> of the picture.</summary>
    private ReadOnlySpan<byte> Neighbour(int y) => Stored(Math.Clamp((y / 2) + ((y & 1) == 0 ? -1 : 1), 0, _component.Height - 1));

    private static void Horizontal(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int last = from.Length - 1, x = 0;
        to[0] = from[0];
        to[(2 * last) + 1] = from[last];
        for (; x + Lanes <= last; x += Lanes)
        {
            var left = Widen(from[x..]);
            var right = Widen(from[(x + 1)..]);
            StorePairs(((left * 3) + right + Vector256.Create((ushort)2)) >> 2, ((right * 3) + left + Vector256<ushort>.One) >> 2, to[((2 * x) + 1)..]);
        }

        for (; x < last; x++)
        {
            int left = from[x], right = from[x + 1];
            to[(2 * x) + 1] = (byte)(((3 * left) + right + 2) >> 2);
            to[(2 * x) + 2] = (byte)(((3 * right) + left + 1) >> 2);
        }
    }

    private static void Vertical(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, int odd, Span<byte> to)
    {
        int rounding = 1 + odd, x = 0;
        for (; x + Lanes <= near.Length; x += Lanes)
        {
            var sum = (Widen(near[x..]) * 3) + Widen(far[x..]) + Vector256.Create((ushort)rounding);
            Vector128.Narrow((sum >> 2).GetLower(), (sum >> 2).GetUpper()).CopyTo(to[x..]);
        }

        for (; x < near.Length; x++)
        {
            to[x] = (byte)(((3 * near[x]) + far[x] + rounding) >> 2);
        }
    }

    private static void Blend(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, Span<ushort> sums)
    {
        int x = 0;
        for (; x + Lanes <= near.Length; x += Lanes)
        {
            ((Widen(near[x..]) * 3) + Widen(far[x..])).CopyTo(sums[x..]);
        }

        for (; x < near.Length; x++)
        {
            sums[x] = (ushort)((3 * near[x]) + far[x]);
        }
    }

    private static void Both(ReadOnlySpan<ushort> sums, Span<byte> to)
    {
        int last = sums.Length - 1, x = 0;
        to[0] = (byte)(((4 * sums[0]) + 8) >> 4);
        to[(2 * last) + 1] = (byte)(((4 * sums[last]) + 7) >> 4);
        for (; x + Lanes <= last; x += Lanes)
        {
            var left = Vector256.Create(sums.Slice(x, Lanes));
            var right = Vector256.Create(sums.Slice(x + 1, Lanes));
            StorePairs(((left * 3) + right + Vector256.Create((ushort)7)) >> 4, ((right * 3) + left + Vector256.Create((ushort)8)) >> 4, to[((2 * x) + 1)..]);
        }

        for (; x < last; x++)
        {
            int left = sums[x], right = sums[x + 1];
            to[(2 * x) + 1] = (byte)(((3 * left) + right + 7) >> 4);
            to[(2 * x) + 2] = (byte)(((3 * right) + left + 8) >> 4);
        }
    }

    private static Vector256<ushort> Widen(ReadOnlySpan<byte> samples) => Vector256.WidenLower(Vector128.Create(samples[..Lanes]).ToVector256Unsafe());

    /// <summary>Writes first[0], second[0], first[1], second[1], ...</summary>
    private static void StorePairs(Vector256<ushort> first, Vector256<ushort> second, Span<byte> to) => (first | (second << 8)).AsByte().CopyTo(to);

    private static void Repeat(ReadOnlySpan<byte> from, int factor, Span<byte> to)
    {
        for (int x = 0; x < from.Length; x++)
        {
            to.Slice(x * factor, factor).Fill(from[x]);
        }
    }
}
