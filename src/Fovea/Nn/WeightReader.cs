using System.Diagnostics.CodeAnalysis;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Serialization;
using Fovea.Tensors.Threading;

namespace Fovea.Nn;

/// <summary>
/// Hands out the tensors of a checkpoint by dotted path and remembers which were taken, so that a missing, superfluous or
/// misshapen weight is named. Layers see this, never a file.
/// </summary>
public sealed class WeightReader
{
    private const string Weight = "weight";

    private readonly Contents _contents;
    private readonly string _prefix;

    /// <summary>Reads from tensors under canonical names.</summary>
    /// <param name="source">The file or folder, for messages.</param>
    /// <param name="tensors">Canonical name → stored tensor.</param>
    /// <param name="storedName">What a canonical name is called in the file, for messages and patterns; by default the same.</param>
    /// <param name="quantized">What is stored quantised; by default nothing.</param>
    /// <param name="policy">How the matrices of linear layers are kept; by default as stored.</param>
    /// <param name="packedCache">Where packed matrices are kept on disk; by default nowhere.</param>
    public WeightReader(
        string source, IReadOnlyDictionary<string, Tensor> tensors, Func<string, string>? storedName = null,
        QuantizedWeights? quantized = null, WeightPolicy? policy = null, PackedCache? packedCache = null)
        : this(new Contents(source, tensors, quantized ?? QuantizedWeights.None, storedName ?? (name => name), policy ?? WeightPolicy.AsStored, packedCache), "")
    {
    }

    private WeightReader(Contents contents, string prefix) => (_contents, _prefix) = (contents, prefix);

    /// <summary>Where the weights come from.</summary>
    public string Source => _contents.Source;

    /// <summary>The matrices of linear layers that were loaded so far, under any prefix.</summary>
    public IReadOnlyList<LoadedMatrix> Matrices => _contents.Matrices;

    /// <summary>Where packed matrices are kept on disk, or none.</summary>
    public PackedCache? PackedCache => _contents.PackedCache;

    /// <summary>The canonical names of all tensors, whatever this reader's own place.</summary>
    public IEnumerable<string> Names => _contents.Tensors.Keys;

    /// <summary>A reader of the names that start with <paramref name="name"/> and a dot.</summary>
    public WeightReader At(string name) => new(_contents, $"{_prefix}{name}.");

    /// <summary>A reader of list element <paramref name="index"/>.</summary>
    public WeightReader At(int index) => At(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Whether a weight of this name exists.</summary>
    public bool Has(string name) => _contents.Tensors.ContainsKey(_prefix + name) || _contents.Quantized.Matrices.ContainsKey(_prefix + name);

    /// <summary>What a weight is called in the file.</summary>
    public string StoredName(string name) => _contents.StoredName(_prefix + name);

    /// <summary>The weight of a linear layer, stored as floating-point numbers or quantised, with the format that the policy chooses for it.</summary>
    /// <exception cref="InvalidDataException">It is missing, has another shape, or holds numbers that cannot be used.</exception>
    internal StoredMatrix Matrix(string name, int outputs, int inputs)
    {
        if (!_contents.Quantized.Matrices.TryGetValue(_prefix + name, out var quantized))
        {
            return !_contents.Quantized.Demands(_prefix + name)
                ? StoredMatrix.Of(Stored(name, outputs, inputs), Format(inputs))
                : throw new InvalidDataException($"{Source}: weight {StoredName(name)} holds floating-point numbers, but config.json says that it is quantised.");
        }

        if ((quantized.Outputs, quantized.Inputs) != (outputs, inputs))
        {
            throw WrongShape(name, new Shape([quantized.Outputs, quantized.Inputs]), new Shape([outputs, inputs]));
        }

        _contents.Taken.Add(_prefix + name);
        return StoredMatrix.Of(quantized, Format(inputs));
    }

    /// <summary>The packed form of a matrix of the module at which this reader stands, packed now or before.</summary>
    /// <param name="part">Tells it from other matrices of the module; empty = it is the module's own.</param>
    /// <param name="weight">What is to be packed.</param>
    /// <param name="turns">Some of its rows; none = all.</param>
    /// <param name="workers">The threads.</param>
    internal PackedMatrix Packed(string part, StoredMatrix weight, RowTurns? turns, Workers workers)
    {
        PackedMatrix Pack() => weight.Pack(workers, turns);
        return PackedCache is null ? Pack() : PackedCache.Get($"{Module} {part}".TrimEnd(), weight.Format, turns?.Count ?? weight.Outputs, weight.Inputs, Pack);
    }

    /// <summary>The format that the policy chooses for the matrix of the module at which this reader stands; none = as stored.</summary>
    internal WeightFormat? Format(int inputs) => _contents.Policy.For(Module, StoredModule, inputs);

    /// <summary>Notes what became of the matrix of the module at which this reader stands.</summary>
    internal void Loaded(PackedMatrix packed) => _contents.Matrices.Add(new LoadedMatrix(Module, StoredModule, packed.Format, packed.Bytes));

    /// <summary>The stored tensor, of exactly this shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, has another shape, or does not hold floating-point numbers.</exception>
    public Tensor Stored(string name, params ReadOnlySpan<int> extents)
    {
        string path = _prefix + name;
        var shape = new Shape(extents);
        if (!_contents.Tensors.TryGetValue(path, out var tensor))
        {
            throw new InvalidDataException(_contents.Quantized.Matrices.ContainsKey(path)
                ? $"{Source}: weight {StoredName(name)} {shape} is stored quantised; here floating-point numbers are needed."
                : $"{Source}: weight {StoredName(name)} {shape} is missing.");
        }

        if (tensor.Shape != shape)
        {
            throw WrongShape(name, tensor.Shape, shape);
        }

        if (tensor.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new InvalidDataException($"{Source}: weight {StoredName(name)} {tensor.Shape} is stored as {tensor.ElementType}; floating-point numbers are needed.");
        }

        _contents.Taken.Add(path);
        return tensor;
    }

    /// <summary>A copy of the tensor, widened to f32, owned by the caller.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Stored"/>.</exception>
    public Tensor Vector(string name, params ReadOnlySpan<int> extents)
    {
        var stored = Stored(name, extents);
        var copy = Tensor.Allocate(extents);
        for (int row = 0; row < stored.Rows; row++)
        {
            Widen.Row(stored, row, copy.Row<float>(row));
        }

        return copy;
    }

    /// <summary>Refuses tensors that nobody asked for.</summary>
    /// <exception cref="InvalidDataException">There are some; the message names the first in ordinal order.</exception>
    public void CheckAllTaken()
    {
        if (_contents.Names.Where(name => !_contents.Taken.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } extra)
        {
            throw new InvalidDataException($"{Source}: weight {_contents.StoredName(extra)} is not part of the model that config.json describes.");
        }
    }

    /// <summary>Marks names as known but not needed.</summary>
    public void Ignore(Func<string, bool> matches)
    {
        foreach (string name in _contents.Names.Where(matches))
        {
            _contents.Taken.Add(name);
        }
    }

    /// <summary>Finds a stored tensor of any shape without demanding it.</summary>
    public bool TryStored(string name, [NotNullWhen(true)] out Tensor? tensor)
    {
        bool found = _contents.Tensors.TryGetValue(_prefix + name, out tensor);
        if (found)
        {
            _contents.Taken.Add(_prefix + name);
        }

        return found;
    }

    private string Module => _prefix.TrimEnd('.');

    private string StoredModule => StoredName(Weight)[..^(Weight.Length + 1)];

    private InvalidDataException WrongShape(string name, Shape found, Shape wanted) =>
        new($"{Source}: weight {StoredName(name)} has the shape {found}, but config.json asks for {wanted}.");

    /// <summary>What readers under all prefixes share.</summary>
    private sealed record Contents(
        string Source,
        IReadOnlyDictionary<string, Tensor> Tensors,
        QuantizedWeights Quantized,
        Func<string, string> StoredName,
        WeightPolicy Policy,
        PackedCache? PackedCache)
    {
        public HashSet<string> Taken { get; } = new(StringComparer.Ordinal);

        public List<LoadedMatrix> Matrices { get; } = [];

        public IEnumerable<string> Names => Tensors.Keys.Concat(Quantized.Matrices.Keys);
    }
}
