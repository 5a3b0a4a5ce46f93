using System.Diagnostics.CodeAnalysis;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;

namespace Fovea.Nn;

/// <summary>
/// Hands out the tensors of a checkpoint by dotted path and remembers which were taken, so that a missing, superfluous or
/// misshapen weight is named. Layers see this, never a file.
/// </summary>
public sealed class WeightReader
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private readonly HashSet<string> _taken;
    private readonly string _prefix;
    private readonly Func<string, string> _storedName;

    /// <summary>Reads from tensors under canonical names.</summary>
    /// <param name="source">The file or folder, for messages.</param>
    /// <param name="tensors">Canonical name → stored tensor.</param>
    /// <param name="storedName">What a canonical name is called in the file, for messages; by default the same.</param>
    public WeightReader(string source, IReadOnlyDictionary<string, Tensor> tensors, Func<string, string>? storedName = null)
        : this(source, tensors, new HashSet<string>(StringComparer.Ordinal), "", storedName ?? (name => name))
    {
    }

    private WeightReader(string source, IReadOnlyDictionary<string, Tensor> tensors, HashSet<string> taken, string prefix, Func<string, string> storedName)
    {
        _storedName = storedName;
        Source = source;
        _tensors = tensors;
        _taken = taken;
        _prefix = prefix;
    }

    /// <summary>Where the weights come from.</summary>
    public string Source { get; }

    /// <summary>The canonical names of all tensors, whatever this reader's own place.</summary>
    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>A reader of the names that start with <paramref name="name"/> and a dot.</summary>
    public WeightReader At(string name) => new(Source, _tensors, _taken, $"{_prefix}{name}.", _storedName);

    /// <summary>A reader of list element <paramref name="index"/>.</summary>
    public WeightReader At(int index) => At(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Whether a tensor of this name exists.</summary>
    public bool Has(string name) => _tensors.ContainsKey(_prefix + name);

    /// <summary>What a weight is called in the file.</summary>
    public string StoredName(string name) => _storedName(_prefix + name);

    /// <summary>The stored tensor, of exactly this shape.</summary>
    /// <exception cref="InvalidDataException">It is missing, has another shape, or does not hold floating-point numbers.</exception>
    public Tensor Stored(string name, params ReadOnlySpan<int> extents)
    {
        string path = _prefix + name;
        var shape = new Shape(extents);
        if (!_tensors.TryGetValue(path, out var tensor))
        {
            throw new InvalidDataException($"{Source}: weight {_storedName(path)} {shape} is missing.");
        }

        if (tensor.Shape != shape)
        {
            throw new InvalidDataException($"{Source}: weight {_storedName(path)} has the shape {tensor.Shape}, but config.json asks for {shape}.");
        }

        if (tensor.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new InvalidDataException($"{Source}: weight {_storedName(path)} {tensor.Shape} is stored as {tensor.ElementType}; floating-point numbers are needed.");
        }

        _taken.Add(path);
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
        if (_tensors.Keys.Where(name => !_taken.Contains(name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } extra)
        {
            throw new InvalidDataException($"{Source}: weight {_storedName(extra)} is not part of the model that config.json describes.");
        }
    }

    /// <summary>Marks names as known but not needed.</summary>
    public void Ignore(Func<string, bool> matches)
    {
        foreach (string name in _tensors.Keys.Where(matches))
        {
            _taken.Add(name);
        }
    }

    /// <summary>Finds a stored tensor of any shape without demanding it.</summary>
    public bool TryStored(string name, [NotNullWhen(true)] out Tensor? tensor)
    {
        bool found = _tensors.TryGetValue(_prefix + name, out tensor);
        if (found)
        {
            _taken.Add(_prefix + name);
        }

        return found;
    }
}
