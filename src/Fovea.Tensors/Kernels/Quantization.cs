using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Kernels;

/// <summary>Rounds weights to integers with scales; <see cref="QuantizedMatrix.Of"/> says how.</summary>
internal unsafe struct Quantization : IRangeWork
{
    private const int Candidates = 17;

    public byte* Source;
    public ElementType Type;
    public int Length;
    public int Group;
    public bool IsFourBit;
    public sbyte* Codes;
    public float* Scales;

    public readonly void Execute(int start, int end, int worker)
    {
        float[] group = new float[Math.Min(Group, Length)], shares = new float[group.Length];
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

                float scale = IsFourBit ? FourBitScale(values, extreme, shares.AsSpan(0, count)) : MathF.Abs(extreme) / 127;
                Scales[((long)row * groups) + g] = scale;
                Encode(values, scale, IsFourBit ? -8 : -127, IsFourBit ? 7 : 127, Codes + ((long)row * Length) + first);
            }
        }
    }

    // The first number of the greatest magnitude, or one that is not finite.
    private static float Extreme(ReadOnlySpan<float> values)
    {
        float extreme = 0;
        foreach (float value in values)
        {
            if (!(MathF.Abs(value) <= MathF.Abs(extreme)))
            {
                extreme = value;
                if (!float.IsFinite(value))
                {
                    break;
                }
            }
        }

        return extreme;
    }

    // The squared error of codes q at their best scale, Σxq / Σqq, is Σxx − (Σxq)² / Σqq. Shares of the extreme cannot overflow.
    private static float FourBitScale(ReadOnlySpan<float> values, float extreme, Span<float> shares)
    {
        if (extreme == 0)
        {
            return 0;
        }

        for (int i = 0; i < values.Length; i++)
        {
            shares[i] = values[i] / extreme;
        }

        float best = 0, scale = 0;
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            float factor = -(6.5f + (0.25f * candidate)), products = 0, squares = 0;
            foreach (float share in shares)
            {
                float code = Math.Clamp(MathF.Round(share * factor), -8, 7);
                products += share * code;
                squares += code * code;
            }

            if (products / squares * products > best)
            {
                best = products / squares * products;
                scale = products / squares * extreme;
            }
        }

        return scale;
    }

    private static void Encode(ReadOnlySpan<float> values, float scale, int least, int greatest, sbyte* codes)
    {
        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(values[i] / scale), least, greatest);
        }
    }
}
