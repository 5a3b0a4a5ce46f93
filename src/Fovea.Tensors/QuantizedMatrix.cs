using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors;

/// <summary>
/// A weight matrix [outputs, inputs] of integers that share a scale in groups along the inputs: weight = code · scale. It owns its tensors.
/// </summary>
public sealed unsafe class QuantizedMatrix : IDisposable
{
    /// <summary>Takes over codes and scales, and checks them.</summary>
    /// <param name="format">8 or 4 bits and the group.</param>
    /// <param name="codes">I8 [outputs, inputs]: −128 to 127, for 4 bits −8 to 7.</param>
    /// <param name="scales">F32 [outputs, groups], finite; the last group may be short.</param>
    /// <exception cref="ArgumentException">The format has no scales or an impossible group, types or shapes do not fit, a code is out of range, or a scale is not finite.</exception>
    public QuantizedMatrix(WeightFormat format, Tensor codes, Tensor scales)
    {
        CheckFormat(format);
        if (codes.ElementType != ElementType.I8 || codes.Shape.Rank != 2)
        {
            throw new ArgumentException($"{codes} is not a matrix of integers of 8 bits.", nameof(codes));
        }

        int groups = Panels.Count(codes.RowLength, format.Group);
        if (scales.ElementType != ElementType.F32 || scales.Shape != new Shape(codes.Rows, groups))
        {
            throw new ArgumentException($"{scales} does not hold {groups} scales in f32 for each of {codes.Rows} rows of {codes.RowLength} in groups of {format.Group}.", nameof(scales));
        }

        CheckNumbers(format, codes, scales);
        (Format, Codes, Scales) = (format, codes, scales);
    }

    /// <summary>8 or 4 bits and the group.</summary>
    public WeightFormat Format { get; }

    /// <summary>The integers: I8 [outputs, inputs].</summary>
    public Tensor Codes { get; }

    /// <summary>The scales: F32 [outputs, groups].</summary>
    public Tensor Scales { get; }

    /// <summary>Rounds a weight [outputs, inputs] (or [outputs, …], flattened) of type f32, f16 or bf16 to integers.</summary>
    /// <remarks>
    /// 8 bits: the scale is the greatest magnitude of the group / 127, codes are rounded to nearest, ties to even. 4 bits: of scales that map the
    /// number of greatest magnitude to −6.5 … −10.5, each improved to the least squares for its codes, the one of least squared error, with the codes nearest to it.
    /// </remarks>
    /// <exception cref="ArgumentException">Not a matrix of f32, f16 or bf16, a number is not finite, or the format has no scales.</exception>
    public static QuantizedMatrix Of(Tensor weight, WeightFormat format, Workers workers)
    {
        CheckFormat(format);
        if (weight.Shape.Rank < 2 || weight.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"{weight} is not a matrix of f32, f16 or bf16.", nameof(weight));
        }

        int groups = Panels.Count(weight.RowLength, format.Group);
        var codes = Tensor.Allocate(ElementType.I8, new Shape(weight.Rows, weight.RowLength));
        var scales = Tensor.Allocate(weight.Rows, groups);
        try
        {
            var work = new Quantization
            {
                Source = weight.Pointer,
                Type = weight.ElementType,
                Length = weight.RowLength,
                Group = format.Group,
                IsFourBit = format.Kind == WeightKind.Int4,
                Codes = (sbyte*)codes.Pointer,
                Scales = scales.Floats,
            };
            workers.Run(weight.Rows, 1, ref work);
            weight.Rest();
            return new QuantizedMatrix(format, codes, scales);
        }
        catch
        {
            codes.Dispose();
            scales.Dispose();
            throw;
        }
    }

    /// <summary>code · scale in f32, [outputs, inputs], owned by the caller.</summary>
    public Tensor Widen()
    {
        var wide = Tensor.Allocate(Codes.Rows, Codes.RowLength);
        for (int row = 0; row < Codes.Rows; row++)
        {
            var codes = Codes.Row<sbyte>(row);
            var scales = Scales.Row<float>(row);
            var destination = wide.Row<float>(row);
            for (int i = 0; i < codes.Length; i++)
            {
                destination[i] = codes[i] * scales[i / Format.Group];
            }
        }

        return wide;
    }

    /// <summary>Frees codes and scales.</summary>
    public void Dispose()
    {
        Codes.Dispose();
        Scales.Dispose();
    }

    private static void CheckFormat(WeightFormat format)
    {
        if (format.Kind is not (WeightKind.Int8 or WeightKind.Int4) || format.Group <= 0 || format.Group % IntegerPanels.Unit != 0 || format.Group > WeightFormat.MaxGroup)
        {
            throw new ArgumentException($"{format} is not a format of integers with groups of a multiple of {IntegerPanels.Unit} up to {WeightFormat.MaxGroup}.", nameof(format));
        }
    }

    private static void CheckNumbers(WeightFormat format, Tensor codes, Tensor scales)
    {
        for (int row = 0; row < codes.Rows; row++)
        {
            foreach (float scale in scales.Row<float>(row))
            {
                if (!float.IsFinite(scale))
                {
                    throw new ArgumentException($"A scale of row {row} is {scale}.", nameof(scales));
                }
            }

            int outside = format.Kind == WeightKind.Int4 ? codes.Row<sbyte>(row).IndexOfAnyExceptInRange((sbyte)-8, (sbyte)7) : -1;
            if (outside >= 0)
            {
                throw new ArgumentException($"The code [{row}, {outside}] is {codes.Row<sbyte>(row)[outside]}, not −8 to 7.", nameof(codes));
            }
        }
    }
}
