using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// The inverse 8 x 8 cosine transform of JPEG in integers: the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with constants of 13 bits,
/// columns first and
/// then rows, rounded as libjpeg's "islow" does. Eight columns, then eight rows, are transformed at once.
/// </summary>
internal static class InverseDct
{
    private const int ConstantBits = 13;
    private const int ExtraBits = 2;

    /// <summary>Transforms a block and writes its samples, level-shifted and clamped to 0..255.</summary>
    /// <param name="coefficients">64 quantised coefficients, row by row.</param>
    /// <param name="last">The place in zigzag order of the last coefficient that is not zero.</param>
    /// <param name="quantisation">64 factors, row by row.</param>
    /// <param name="samples">The samples from the first of the block on.</param>
    /// <param name="stride">Samples of a row of the plane.</param>
    public static void Transform(ReadOnlySpan<short> coefficients, int last, ReadOnlySpan<int> quantisation, Span<byte> samples, int stride)
    {
        if (last == 0)
        {
            Flat(coefficients[0] * quantisation[0], samples, stride);
            return;
        }

        var rows = default(Rows);
        for (int i = 0; i < 8; i++)
        {
            rows[i] = Vector256.WidenLower(Vector128.Create(coefficients.Slice(8 * i, 8)).ToVector256()) * Vector256.Create(quantisation.Slice(8 * i, 8));
        }

        Pass(ref rows, ConstantBits - ExtraBits);
        Transpose(ref rows);
        Pass(ref rows, ConstantBits + ExtraBits + 3);
        Transpose(ref rows);
        for (int i = 0; i < 8; i++)
        {
            var level = rows[i] + Vector256.Create(128);
            var clamped = Vector256.Max(Vector256.Min(level, Vector256.Create(255)), Vector256<int>.Zero);
            var narrow = Vector256.Narrow(clamped.AsUInt32(), clamped.AsUInt32()).GetLower();
            Vector128.Narrow(narrow, narrow).GetLower().CopyTo(samples[(i * stride)..]);
        }
    }

    private static void Flat(int value, Span<byte> samples, int stride)
    {
        byte level = (byte)Math.Clamp(((value + 4) >> 3) + 128, 0, 255);
        for (int i = 0; i < 8; i++)
        {
            samples.Slice(i * stride, 8).Fill(level);
        }
    }

    /// <summary>One transform of eight values in each lane; results are rounded and shifted right.</summary>
    private static void Pass(ref Rows v, int shift)
    {
        var z1 = (v[2] + v[6]) * 4433;
        var t2 = z1 - (v[6] * 15137);
        var t3 = z1 + (v[2] * 6270);
        var t0 = (v[0] + v[4]) << ConstantBits;
        var t1 = (v[0] - v[4]) << ConstantBits;
        var half = Vector256.Create(1 << (shift - 1));
        var e0 = t0 + t3 + half;
        var e3 = t0 - t3 + half;
        var e1 = t1 + t2 + half;
        var e2 = t1 - t2 + half;

        var z5 = (v[7] + v[3] + v[5] + v[1]) * 9633;
        z1 = (v[7] + v[1]) * -7373;
        var z2 = (v[5] + v[3]) * -20995;
        var z3 = ((v[7] + v[3]) * -16069) + z5;
        var z4 = ((v[5] + v[1]) * -3196) + z5;
        var o0 = (v[1] * 12299) + z1 + z4;
        var o1 = (v[3] * 25172) + z2 + z3;
        var o2 = (v[5] * 16819) + z2 + z4;
        var o3 = (v[7] * 2446) + z1 + z3;

        v[0] = (e0 + o0) >> shift;
        v[7] = (e0 - o0) >> shift;
        v[1] = (e1 + o1) >> shift;
        v[6] = (e1 - o1) >> shift;
        v[2] = (e2 + o2) >> shift;
        v[5] = (e2 - o2) >> shift;
        v[3] = (e3 + o3) >> shift;
        v[4] = (e3 - o3) >> shift;
    }

    private static void Transpose(ref Rows v)
    {
        if (!Avx2.IsSupported)
        {
            TransposeInMemory(ref v);
            return;
        }

        // Pairs of rows are interleaved, then pairs of pairs, then the halves are exchanged.
        var a0 = Avx2.UnpackLow(v[0], v[1]).AsInt64();
        var a1 = Avx2.UnpackHigh(v[0], v[1]).AsInt64();
        var a2 = Avx2.UnpackLow(v[2], v[3]).AsInt64();
        var a3 = Avx2.UnpackHigh(v[2], v[3]).AsInt64();
        var a4 = Avx2.UnpackLow(v[4], v[5]).AsInt64();
        var a5 = Avx2.UnpackHigh(v[4], v[5]).AsInt64();
        var a6 = Avx2.UnpackLow(v[6], v[7]).AsInt64();
        var a7 = Avx2.UnpackHigh(v[6], v[7]).AsInt64();
        Exchange(ref v, 0, Avx2.UnpackLow(a0, a2), Avx2.UnpackLow(a4, a6));
        Exchange(ref v, 1, Avx2.UnpackHigh(a0, a2), Avx2.UnpackHigh(a4, a6));
        Exchange(ref v, 2, Avx2.UnpackLow(a1, a3), Avx2.UnpackLow(a5, a7));
        Exchange(ref v, 3, Avx2.UnpackHigh(a1, a3), Avx2.UnpackHigh(a5, a7));
    }

    private static void Exchange(ref Rows v, int row, Vector256<long> upper, Vector256<long> lower)
    {
        v[row] = Avx2.Permute2x128(upper, lower, 0x20).AsInt32();
        v[row + 4] = Avx2.Permute2x128(upper, lower, 0x31).AsInt32();
    }

    private static void TransposeInMemory(ref Rows v)
    {
        Span<int> memory = stackalloc int[64];
        for (int row = 0; row < 8; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                memory[(8 * column) + row] = v[row].GetElement(column);
            }
        }

        for (int row = 0; row < 8; row++)
        {
            v[row] = Vector256.Create(memory.Slice(8 * row, 8));
        }
    }

    [InlineArray(8)]
    private struct Rows
    {
        private Vector256<int> _row;
    }
}
