using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Serialization;
using Fovea.Tensors.Threading;

namespace Fovea.Models.Quantization;

/// <summary>
/// Writes a checkpoint with the matrices of its linear layers in fewer bits: integers in the layout of compressed-tensors (<c>pack-quantized</c>, symmetric, scales of 32 bits), or
/// bfloat16. Everything else is copied. Matrices are made one after the other, so memory is bounded by the largest.
/// </summary>
public sealed class CheckpointQuantizer
{
    /// <summary>Most bytes of tensors in a file.</summary>
    public const long ShardBytes = 4L << 30;

    private static readonly WeightKind[] Kinds = [WeightKind.BF16, WeightKind.Int8, WeightKind.Int4];

    private readonly StoredFiles _files;
    private readonly WeightPolicy _policy;
    private readonly Workers _workers;
    private readonly Action<double>? _progress;
    private readonly CancellationToken _cancellation;
    private long _total;
    private long _done;

    private CheckpointQuantizer(StoredFiles files, WeightPolicy policy, Workers workers, Action<double>? progress, CancellationToken cancellation) =>
        (_files, _policy, _workers, _progress, _cancellation) = (files, policy, workers, progress, cancellation);

    /// <summary>Converts a checkpoint.</summary>
    /// <param name="model">A folder in the Hugging Face layout.</param>
    /// <param name="output">The folder to make; it appears when it is complete.</param>
    /// <param name="policy">The format, bf16 or integers, and the modules that stay as they are.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops, and leaves nothing behind.</param>
    /// <exception cref="ArgumentException">The format is none of these, or a pattern matches no linear layer.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is wrong, quantised already, or holds numbers that are not finite.</exception>
    /// <exception cref="NotSupportedException">The model type is unknown.</exception>
    /// <exception cref="IOException">The output exists or lies inside the checkpoint, there is not enough space, or a file cannot be read or written.</exception>
    public static QuantizationSummary Run(
        string model, string output, WeightPolicy policy, Workers workers, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        if (policy.Format is not { } format || !Kinds.Contains(format.Kind))
        {
            throw new ArgumentException($"A checkpoint can be stored as {string.Join(", ", Kinds.Select(kind => kind.ToString().ToLowerInvariant()))}, not as {policy.Format?.ToString() ?? "it is"}.", nameof(policy));
        }

        var folder = CheckpointFolder.Open(model);
        if (KnownQuantizations.IsNamed(folder))
        {
            throw new InvalidDataException($"{model} is quantised already; start from the checkpoint that it was made of.");
        }

        using var weights = folder.OpenWeights();
        var files = new StoredFiles(folder, weights, KnownModels.Find(folder).Names(folder));
        return new CheckpointQuantizer(files, policy, workers, progress, cancellation).Write(new OutputFolder(model, output));
    }

    private QuantizationSummary Write(OutputFolder output)
    {
        var modules = _files.Weights.Names.Select(name => PlannedModule.Of(_files, name, _policy)).OfType<PlannedModule>().ToList();
        if (_policy.KeepFloat.FirstOrDefault(pattern => !modules.Exists(module => NamePattern.Matches(pattern, module.Module))) is { } unused)
        {
            throw new ArgumentException($"No linear layer of {_files.Folder.Path} has a name like '{unused}'; they are called as {modules.FirstOrDefault()?.Module ?? "none"}.");
        }

        var converted = modules.Where(module => module.Format is not null).ToDictionary(module => module.Module + CompressedTensors.PlainSuffix, StringComparer.Ordinal);
        List<SafetensorsItem> items =
        [
            .. _files.Weights.Names.SelectMany(name => converted.TryGetValue(name, out var module) ? Convert(module) : [SafetensorsItem.Of(name, _files.Weights[name])]).Select(Watched),
        ];
        _total = items.Sum(item => item.Bytes);
        output.Write(_total, folder =>
        {
            SafetensorsShards.Write(folder, items, ShardBytes, new Dictionary<string, string> { ["format"] = "pt" });
            QuantizedConfig.Write(Path.Combine(folder, "config.json"), _files.Folder, modules);
        });
        return new QuantizationSummary(
            modules.Select(module => module.Format).OfType<WeightFormat>().GroupBy(format => format).ToDictionary(group => group.Key, group => group.Count()),
            [.. modules.Where(module => module.Format is null).Select(module => module.Module)],
            _files.Weights.Names.Sum(name => SafetensorsItem.Of(name, _files.Weights[name]).Bytes),
            _total);
    }

    /// <summary>Between two tensors one can stop.</summary>
    private SafetensorsItem Watched(SafetensorsItem item) => item with
    {
        Make = () =>
        {
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Invoke((double)_done / _total);
            _done += item.Bytes;
            return item.Make();
        },
    };

    private IEnumerable<SafetensorsItem> Convert(PlannedModule module)
    {
        string name = module.Module;
        int outputs = module.Weight.Rows, inputs = module.Weight.RowLength;
        if (module.Format is not { HasScales: true } format)
        {
            return [new SafetensorsItem(name + CompressedTensors.PlainSuffix, ElementType.BF16, module.Weight.Shape, () => Rounded(module.Weight))];
        }

        // Numbers and scales come from one pass; in the file they follow each other.
        QuantizedMatrix? matrix = null;
        QuantizedMatrix Matrix() => matrix ??= Quantize(module, format);
        return
        [
            new SafetensorsItem(name + CompressedTensors.PackedSuffix, ElementType.I32, new Shape([outputs, PackedIntegers.Words(inputs, format.Bits)]), () => Packed(Matrix())),
            new SafetensorsItem(name + CompressedTensors.ScaleSuffix, ElementType.F32, new Shape([outputs, inputs / format.Group]), () =>
            {
                var made = Matrix();
                matrix = null;
                made.Codes.Dispose();
                return made.Scales;
            }),
            new SafetensorsItem(name + CompressedTensors.ShapeSuffix, ElementType.I64, new Shape([2]), () =>
            {
                var shape = Tensor.Allocate(ElementType.I64, new Shape([2]));
                (shape.AsSpan<long>()[0], shape.AsSpan<long>()[1]) = (outputs, inputs);
                return shape;
            }),
        ];
    }

    private QuantizedMatrix Quantize(PlannedModule module, WeightFormat format)
    {
        try
        {
            return QuantizedMatrix.Of(module.Weight, format, _workers);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{_files.Weights.Path}: weight {module.Module}{CompressedTensors.PlainSuffix} cannot be quantised: {wrong.Message}", wrong);
        }
    }

    private static Tensor Packed(QuantizedMatrix matrix)
    {
        var words = Tensor.Allocate(ElementType.I32, new Shape([matrix.Codes.Rows, PackedIntegers.Words(matrix.Codes.RowLength, matrix.Format.Bits)]));
        for (int row = 0; row < words.Rows; row++)
        {
            PackedIntegers.Pack(matrix.Codes.Row<sbyte>(row), matrix.Format.Bits, words.Row<int>(row));
        }

        return words;
    }

    private static Tensor Rounded(Tensor weight)
    {
        var rounded = Tensor.Allocate(ElementType.BF16, weight.Shape);
        float[] wide = new float[weight.RowLength];
        for (int row = 0; row < weight.Rows; row++)
        {
            Widen.Row(weight, row, wide);
            Narrow.Round(wide, rounded.Row<BFloat16>(row));
        }

        return rounded;
    }
}
