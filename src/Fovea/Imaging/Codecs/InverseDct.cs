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

        var v0 = Load(coefficients, quantisation, 0);
        var v1 = Load(coefficients, quantisation, 1);
        var v2 = Load(coefficients, quantisation, 2);
        var v3 = Load(coefficients, quantisation, 3);
        var v4 = Load(coefficients, quantisation, 4);
        var v5 = Load(coefficients, quantisation, 5);
        var v6 = Load(coefficients, quantisation, 6);
        var v7 = Load(coefficients, quantisation, 7);
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ConstantBits - ExtraBits);
        Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        Pass(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ConstantBits + ExtraBits + 3);
        Transpose(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7);
        Store(v0, v1, samples, stride);
        Store(v2, v3, samples[(2 * stride)..], stride);
        Store(v4, v5, samples[(4 * stride)..], stride);
        Store(v6, v7, samples[(6 * stride)..], stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(ReadOnlySpan<short> coefficients, ReadOnlySpan<int> quantisation, int row) =>
        Vector256.WidenLower(Vector128.Create(coefficients.Slice(8 * row, 8)).ToVector256Unsafe()) * Vector256.Create(quantisation.Slice(8 * row, 8));

    /// <summary>Two rows of samples, clamped by the saturation of the narrowing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> first, Vector256<int> second, Span<byte> samples, int stride)
    {
        var centre = Vector256.Create(128);
        var words = Vector256.NarrowWithSaturation(first + centre, second + centre);
        var zero = Vector256<short>.Zero;
        var bytes = Vector256.NarrowWithSaturation(Vector256.Max(words, zero).AsUInt16(), zero.AsUInt16()).GetLower();
        bytes.GetLower().CopyTo(samples);
        bytes.GetUpper().CopyTo(samples[stride..]);
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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7, int shift)
    {
        var z1 = (v2 + v6) * 4433;
        var t2 = z1 - (v6 * 15137);
        var t3 = z1 + (v2 * 6270);
        var t0 = (v0 + v4) << ConstantBits;
        var t1 = (v0 - v4) << ConstantBits;
        var half = Vector256.Create(1 << (shift - 1));
        var e0 = t0 + t3 + half;
        var e3 = t0 - t3 + half;
        var e1 = t1 + t2 + half;
        var e2 = t1 - t2 + half;

        var z5 = (v7 + v3 + v5 + v1) * 9633;
        z1 = (v7 + v1) * -7373;
        var z2 = (v5 + v3) * -20995;
        var z3 = ((v7 + v3) * -16069) + z5;
        var z4 = ((v5 + v1) * -3196) + z5;
        var o0 = (v1 * 12299) + z1 + z4;
        var o1 = (v3 * 25172) + z2 + z3;
        var o2 = (v5 * 16819) + z2 + z4;
        var o3 = (v7 * 2446) + z1 + z3;

        v0 = (e0 + o0) >> shift;
        v7 = (e0 - o0) >> shift;
        v1 = (e1 + o1) >> shift;
        v6 = (e1 - o1) >> shift;
        v2 = (e2 + o2) >> shift;
        v5 = (e2 - o2) >> shift;
        v3 = (e3 + o3) >> shift;
        v4 = (e3 - o3) >> shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        ref Vector256<int> v0, ref Vector256<int> v1, ref Vector256<int> v2, ref Vector256<int> v3,
        ref Vector256<int> v4, ref Vector256<int> v5, ref Vector256<int> v6, ref Vector256<int> v7)
    {
        // Pairs of rows are interleaved, then pairs of pairs, then the halves are exchanged.
        var a0 = Low(v0, v1);
        var a1 = High(v0, v1);
        var a2 = Low(v2, v3);
        var a3 = High(v2, v3);
        var a4 = Low(v4, v5);
        var a5 = High(v4, v5);
        var a6 = Low(v6, v7);
        var a7 = High(v6, v7);
        (v0, v4) = Exchange(LowPairs(a0, a2), LowPairs(a4, a6));
        (v1, v5) = Exchange(HighPairs(a0, a2), HighPairs(a4, a6));
        (v2, v6) = Exchange(LowPairs(a1, a3), LowPairs(a5, a7));
        (v3, v7) = Exchange(HighPairs(a1, a3), HighPairs(a5, a7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Low(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a, b)
        : Merge(a, b, Vector256.Create(0, 0, 1, 1, 4, 4, 5, 5), Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> High(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a, b)
        : Merge(a, b, Vector256.Create(2, 2, 3, 3, 6, 6, 7, 7), Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> LowPairs(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt32()
        : Merge(a, b, Vector256.Create(0, 1, 0, 1, 4, 5, 4, 5), Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> HighPairs(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt32()
        : Merge(a, b, Vector256.Create(2, 3, 2, 3, 6, 7, 6, 7), Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0));

    private static Vector256<int> Merge(Vector256<int> a, Vector256<int> b, Vector256<int> order, Vector256<int> first) =>
        Vector256.ConditionalSelect(first, Vector256.Shuffle(a, order), Vector256.Shuffle(b, order));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Lower, Vector256<int> Upper) Exchange(Vector256<int> a, Vector256<int> b) =>
        (Vector256.Create(a.GetLower(), b.GetLower()), Vector256.Create(a.GetUpper(), b.GetUpper()));
}
