using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Kernels;

/// <summary>Rounds weights to integers with scales; <see cref="QuantizedMatrix.Of"/> says how.</summary>
internal unsafe struct Quantization : IRangeWork
{
    private const int Candidates = 17;

    // Sums are of so many lanes at every width of vector, so they have one order.
    private const int Lanes = 16;

    public byte* Source;
    public ElementType Type;
    public int Length;
    public int Group;
    public bool IsFourBit;
    public sbyte* Codes;
    public float* Scales;

    public readonly void Execute(int start, int end, int worker)
    {
        float[] group = new float[Panels.Count(Math.Min(Group, Length), Lanes) * Lanes], shares = new float[group.Length];
        int groups = Panels.Count(Length, Group);
        for (int row = start; row < end; row++)
        {
            for (int g = 0; g < groups; g++)
            {
                int first = g * Group, count = Math.Min(Group, Length - first);
                byte* source = Source + ((((long)row * Length) + first) * Type.Bytes());
                var values = group.AsSpan(0, count);
                Widen.Convert(new ReadOnlySpan<byte>(source, count * Type.Bytes()), Type, values);
                float extreme = Extreme(values);
                if (!float.IsFinite(extreme))
                {
                    throw new ArgumentException($"A weight of row {row} is not finite.");
                }

                group.AsSpan(count).Clear();
                float scale = IsFourBit ? FourBitScale(group, extreme, shares) : MathF.Abs(extreme) / 127;
                Scales[((long)row * groups) + g] = scale;
                Encode(values, scale, IsFourBit ? -8 : -127, IsFourBit ? 7 : 127, Codes + ((long)row * Length) + first);
            }
        }
    }

    // The first number of the greatest magnitude, or one that is not finite.
    private static float Extreme(ReadOnlySpan<float> values)
    {
        float extreme = TensorPrimitives.MaxMagnitude(values);
        if (!float.IsFinite(extreme))
        {
            return extreme;
        }

        int positive = values.IndexOf(MathF.Abs(extreme)), negative = values.IndexOf(-MathF.Abs(extreme));
        return values[positive < 0 || (negative >= 0 && negative < positive) ? negative : positive];
    }

    // The squared error of codes q at their best scale, Σxq / Σqq, is Σxx − (Σxq)² / Σqq. Shares of the extreme cannot overflow.
    private static float FourBitScale(ReadOnlySpan<float> values, float extreme, Span<float> shares)
    {
        if (extreme == 0)
        {
            return 0;
        }

        TensorPrimitives.Divide(values, extreme, shares);
        Vector512<float> least = Vector512.Create(-8f), greatest = Vector512.Create(7f);
        float best = 0, scale = 0;
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            var factor = Vector512.Create(-(6.5f + (0.25f * candidate)));
            Vector512<float> productSums = default, squareSums = default;
            for (int i = 0; i < shares.Length; i += Lanes)
            {
                var share = Vector512.Create<float>(shares[i..]);
                var code = Vector512.Min(Vector512.Max(Vector512.Round(share * factor), least), greatest);
                productSums += share * code;
                squareSums += code * code;
            }

            float products = Sum(productSums), squares = Sum(squareSums);
            if (products / squares * products > best)
            {
                best = products / squares * products;
                scale = products / squares * extreme;
            }
        }

        return scale;
    }

    // The library's sum may add in another order at another width.
    private static float Sum(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[1] + (four[2] + four[3]);
    }

    private static void Encode(ReadOnlySpan<float> values, float scale, int least, int greatest, sbyte* codes)
    {
        if (scale == 0)
        {
            new Span<sbyte>(codes, values.Length).Clear();
            return;
        }

        int i = 0;
        for (; i + 32 <= values.Length; i += 32)
        {
            var low = Vector256.Narrow(Code(values[i..]), Code(values[(i + 8)..]));
            var high = Vector256.Narrow(Code(values[(i + 16)..]), Code(values[(i + 24)..]));
            Vector256.Narrow(low, high).Store(codes + i);
        }

        for (; i < values.Length; i++)
        {
            codes[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / scale), least, greatest);
        }

        Vector256<int> Code(ReadOnlySpan<float> eight)
        {
            var rounded = Vector256.Round(Vector256.Create(eight) / Vector256.Create(scale));
            return Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(rounded, Vector256.Create((float)least)), Vector256.Create((float)greatest)));
        }
    }
}
