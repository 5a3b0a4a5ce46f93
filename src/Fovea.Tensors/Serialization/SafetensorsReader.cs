using System.Diagnostics.CodeAnalysis;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// The tensors of a safetensors checkpoint: one file, or shards with an index. Files are memory-mapped; the tensors borrow the mapping, must not be
/// written to, and are valid until the reader is disposed. A tensor that does not lie on a multiple of its element size is copied.
/// Reading is safe from several threads.
/// </summary>
/// <remarks>Format: github.com/huggingface/safetensors, README "Format". As there, the tensors must cover the data without gap or overlap.</remarks>
public sealed class SafetensorsReader : IDisposable
{
    private const string IndexSuffix = ".json";

    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<MemoryBlock> _blocks = [];
    private string[] _names = [];

    private SafetensorsReader(string path) => Path = path;

    /// <summary>The file that was opened (the index, where there is one).</summary>
    public string Path { get; }

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>The strings under <c>__metadata__</c>; of shards that disagree, the one whose file name comes first.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>
    /// Opens <c>FILE.safetensors</c> or <c>FILE.safetensors.index.json</c>. Of an indexed checkpoint exactly the tensors that the index names are there.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file is not well formed, or a shard or a tensor of the index is missing; the message names file, tensor and reason.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static SafetensorsReader Open(string path)
    {
        var reader = new SafetensorsReader(path);
        try
        {
            if (path.EndsWith(IndexSuffix, StringComparison.OrdinalIgnoreCase))
            {
                reader.AddShards(SafetensorsIndex.Read(path));
            }
            else
            {
                reader.Add(path, wanted: null);
            }
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        reader._names = [.. reader._tensors.Keys.Order(StringComparer.Ordinal)];
        return reader;
    }

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names file and tensor.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"{Path}: there is no tensor {name}.");

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Unmaps the files.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Dispose();
        }
    }

    private void AddShards(Dictionary<string, string> fileByName)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) ?? "";
        foreach (var shard in fileByName.GroupBy(pair => pair.Value, pair => pair.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            string file = System.IO.Path.Combine(folder, shard.Key);
            if (!File.Exists(file))
            {
                throw new InvalidDataException($"{Path}: the file {shard.Key} of {shard.First()} is missing.");
            }

            var wanted = shard.ToHashSet(StringComparer.Ordinal);
            Add(file, wanted);
            if (wanted.Count > 0)
            {
                throw new InvalidDataException($"{Path}: {shard.Key} has no tensor {wanted.Order(StringComparer.Ordinal).First()}, though the index says so.");
            }
        }
    }

    /// <summary>Adds all tensors of a file, or those wanted; takes what it found from <paramref name="wanted"/>.</summary>
    private void Add(string file, HashSet<string>? wanted)
    {
        var memory = MappedMemory.Open(file);
        _blocks.Add(memory);
        var header = SafetensorsHeader.Read(file, memory);
        foreach (var (key, value) in header.Metadata)
        {
            _metadata.TryAdd(key, value);
        }

        foreach (var entry in header.Entries)
        {
            if (wanted is null || wanted.Remove(entry.Name))
            {
                _tensors.Add(entry.Name, View(memory, header.DataStart + entry.Start, entry));
            }
        }
    }

    private Tensor View(MappedMemory memory, long start, SafetensorsEntry entry)
    {
        if (start % entry.ElementType.Bytes() == 0)
        {
            return Tensor.View(memory, start, entry.ElementType, entry.Shape);
        }

        var copy = new AlignedMemory(entry.End - entry.Start);
        _blocks.Add(copy);
        memory.CopyTo(start, copy);
        return Tensor.View(copy, 0, entry.ElementType, entry.Shape);
    }
}
