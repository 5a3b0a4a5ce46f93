using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Serialization;
using Fovea.Tensors.Threading;

namespace Fovea.Models.Quantization;

/// <summary>The tensors of one quantised module.</summary>
/// <param name="weights">The stored tensors.</param>
/// <param name="module">The module's stored name.</param>
/// <param name="scheme">How it is quantised.</param>
internal sealed class CompressedTensorsModule(CheckpointReader weights, string module, CompressedTensorsScheme scheme)
{
    private const string OrderSuffix = ".weight_g_idx";

    /// <summary>What belongs to a module, by the ends of the names.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        [CompressedTensors.PlainSuffix, CompressedTensors.PackedSuffix, CompressedTensors.ScaleSuffix, CompressedTensors.ShapeSuffix, ".weight_zero_point", OrderSuffix];

    /// <summary>The module whose numbers a tensor holds, if it holds numbers of a quantised one.</summary>
    public static string? NameOf(string tensor, Tensor stored) =>
        tensor.EndsWith(CompressedTensors.PackedSuffix, StringComparison.Ordinal) ? tensor[..^CompressedTensors.PackedSuffix.Length]
        : tensor.EndsWith(CompressedTensors.PlainSuffix, StringComparison.Ordinal) && stored.ElementType == ElementType.I8 ? tensor[..^CompressedTensors.PlainSuffix.Length]
        : null;

    /// <summary>Checks shapes and types.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape or type than the others and the scheme demand.</exception>
    /// <exception cref="NotSupportedException">The columns are in another order.</exception>
    public QuantizedWeight Open()
    {
        var numbers = scheme.IsPacked ? Part(CompressedTensors.PackedSuffix, ElementType.I32) : Part(CompressedTensors.PlainSuffix, ElementType.I8);
        var (outputs, inputs) = scheme.IsPacked ? StoredShape() : (numbers.Shape[0], numbers.Shape.Rank == 2 ? numbers.Shape[1] : 0);
        int width = scheme.IsPacked ? PackedIntegers.Words(inputs, scheme.Bits) : inputs;
        if (inputs < 1 || outputs < 1 || numbers.Shape != new Shape([outputs, width]))
        {
            throw Wrong($"has numbers of the shape {numbers.Shape} for a matrix of [{outputs}, {inputs}]");
        }

        if (scheme.Group > 0 && inputs % scheme.Group != 0)
        {
            throw Wrong($"has {inputs} inputs, which groups of {scheme.Group} do not divide");
        }

        var scales = Part(CompressedTensors.ScaleSuffix, ElementType.F32, ElementType.F16, ElementType.BF16);
        var wanted = scheme.Strategy switch
        {
            CompressedTensorsScheme.OfTensors => new Shape([1]),
            CompressedTensorsScheme.OfChannels => new Shape([outputs, 1]),
            _ => new Shape([outputs, inputs / scheme.Group]),
        };
        if (scales.Shape != wanted)
        {
            throw Wrong($"has scales of the shape {scales.Shape}, but scales by {scheme.Strategy} have {wanted}");
        }

        CheckOrder(inputs);
        return new QuantizedWeight(outputs, inputs, scheme.Format, workers => Read(workers, numbers, scales, (outputs, inputs)));
    }

    private QuantizedMatrix Read(Workers workers, Tensor numbers, Tensor scales, (int Outputs, int Inputs) shape)
    {
        var wide = Tensor.Allocate(shape.Outputs, (shape.Inputs + scheme.Format.Group - 1) / scheme.Format.Group);
        for (int row = 0; row < shape.Outputs; row++)
        {
            var target = wide.Row<float>(row);
            Widen.Row(scales, scales.Rows == 1 ? 0 : row, target);
            target[scales.RowLength..].Fill(target[0]);
        }

        var codes = Tensor.Allocate(ElementType.I8, new Shape([shape.Outputs, shape.Inputs]));
        var work = new Unpacking { Source = numbers, Bits = scheme.IsPacked ? scheme.Bits : 0, Codes = codes };
        workers.Run(shape.Outputs, 64, ref work);
        try
        {
            return new QuantizedMatrix(scheme.Format, codes, wide);
        }
        catch (ArgumentException wrong)
        {
            codes.Dispose();
            wide.Dispose();
            throw Wrong($"cannot be used: {wrong.Message}");
        }
    }

    private (int Outputs, int Inputs) StoredShape()
    {
        var stored = Part(CompressedTensors.ShapeSuffix, ElementType.I64, ElementType.I32);
        long[] extents = stored.Shape.Count != 2 ? []
            : stored.ElementType == ElementType.I64 ? stored.AsSpan<long>().ToArray()
            : Array.ConvertAll(stored.AsSpan<int>().ToArray(), extent => (long)extent);
        return extents is [> 0 and <= int.MaxValue and var outputs, > 0 and <= int.MaxValue and var inputs]
            ? ((int)outputs, (int)inputs)
            : throw Wrong($"has a {CompressedTensors.ShapeSuffix[1..]} that is no pair of positive numbers");
    }

    /// <summary>Some writers leave −1 in place of the groups of columns in their natural order.</summary>
    private void CheckOrder(int inputs)
    {
        if (!weights.TryGet(module + OrderSuffix, out _))
        {
            return;
        }

        var groups = Part(OrderSuffix, ElementType.I32);
        if (groups.Shape != new Shape([inputs]))
        {
            throw Wrong($"has a {OrderSuffix[1..]} of the shape {groups.Shape} for {inputs} inputs");
        }

        foreach (var (column, group) in groups.AsSpan<int>().ToArray().Index())
        {
            if (group != -1 && group != (scheme.Group > 0 ? column / scheme.Group : 0))
            {
                throw new NotSupportedException($"{weights.Path}: {module} has its columns in another order ({OrderSuffix[1..]}), which is not read.");
            }
        }
    }

    private Tensor Part(string part, params ReadOnlySpan<ElementType> types)
    {
        if (!weights.TryGet(module + part, out var tensor))
        {
            throw new InvalidDataException($"{weights.Path}: {module}{part} is missing, though the module is quantised.");
        }

        return types.Contains(tensor.ElementType)
            ? tensor
            : throw new InvalidDataException($"{weights.Path}: {module}{part} is stored as {tensor.ElementType}, which does not fit the config.");
    }

    private InvalidDataException Wrong(string what) => new($"{weights.Path}: {module} {what}.");

    private struct Unpacking : IRangeWork
    {
        public Tensor Source;
        public Tensor Codes;

        /// <summary>Of a packed number; 0 = bytes.</summary>
        public int Bits;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int row = start; row < end; row++)
            {
                if (Bits == 0)
                {
                    Source.Row<sbyte>(row).CopyTo(Codes.Row<sbyte>(row));
                }
                else
                {
                    PackedIntegers.Unpack(Source.Row<int>(row), Bits, Codes.Row<sbyte>(row));
                }
            }
        }
    }
}
