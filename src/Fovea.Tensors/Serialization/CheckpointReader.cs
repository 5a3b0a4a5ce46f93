using System.Diagnostics.CodeAnalysis;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// The tensors of a checkpoint: one file, or shards with an index. Files are memory-mapped; the tensors borrow the mapping, must not be
/// written to, and are valid until the reader is disposed. Reading is safe from several threads.
/// </summary>
public abstract class CheckpointReader : IDisposable
{
    private const string IndexSuffix = ".json";

    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];
    private readonly List<(string Path, MappedMemory Memory, (long Start, long Length)[] Headers)> _files = [];
    private IReadOnlyDictionary<string, string> _index = new Dictionary<string, string>();
    private string[] _names = [];

    private protected CheckpointReader(string path) => Path = path;

    /// <summary>The file that was opened (the index, where there is one).</summary>
    public string Path { get; }

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message names file and tensor.</exception>
    public Tensor this[string name] => _tensors.TryGetValue(name, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"{Path}: there is no tensor {name}.");

    /// <summary>Finds a tensor.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <summary>Takes over something that is disposed with the reader.</summary>
    public void Own(IDisposable owned) => _owned.Add(owned);

    /// <summary>Unmaps the files.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Unmaps the files.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var owned in _owned)
        {
            owned.Dispose();
        }
    }

    /// <summary>
    /// Adds what tells the checkpoint from others: of each file the full path, the length, when it was last written, and its headers, which say where every tensor
    /// lies; and the index. All is of the files as they are mapped.
    /// </summary>
    internal void Identify(PackedCacheKey key)
    {
        foreach (var (name, file) in _index.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            key.Add(name);
            key.Add(file);
        }

        foreach (var (path, memory, headers) in _files)
        {
            key.Add(System.IO.Path.GetFullPath(path));
            key.Add(memory.Length);
            key.Add(memory.LastWriteTime.Ticks);
            foreach (var (start, length) in headers)
            {
                key.Add(memory, start, length);
            }
        }
    }

    /// <summary>Adds all tensors of a file, or those wanted; takes what it found from <paramref name="wanted"/>.</summary>
    private protected abstract void AddFile(string file, HashSet<string>? wanted);

    /// <summary>Adds what <see cref="Path"/> holds, or, if it is an index, exactly the tensors that it names.</summary>
    private void AddAll()
    {
        if (Path.EndsWith(IndexSuffix, StringComparison.OrdinalIgnoreCase))
        {
            AddShards(ShardIndex.Read(Path));
        }
        else
        {
            AddFile(Path, wanted: null);
        }

        _names = [.. _tensors.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads what a new reader is about; if that fails, nothing stays mapped.</summary>
    private protected static TReader Opened<TReader>(TReader reader)
        where TReader : CheckpointReader
    {
        try
        {
            reader.AddAll();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private protected MappedMemory Map(string file)
    {
        var memory = MappedMemory.Open(file);
        _owned.Add(memory);
        return memory;
    }

    /// <summary>Notes what of a file says where its tensors lie.</summary>
    private protected void Note(string file, MappedMemory memory, params (long Start, long Length)[] headers) => _files.Add((file, memory, headers));

    /// <summary>Memory that lives as long as the reader.</summary>
    private protected AlignedMemory Allocate(long bytes)
    {
        var memory = new AlignedMemory(bytes);
        _owned.Add(memory);
        return memory;
    }

    private protected void Add(string name, Tensor tensor) => _tensors.Add(name, tensor);

    private void AddShards(Dictionary<string, string> fileByName)
    {
        _index = fileByName;
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path)) ?? "";
        foreach (var shard in fileByName.GroupBy(pair => pair.Value, pair => pair.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            string file = System.IO.Path.Combine(folder, shard.Key);
            if (!File.Exists(file))
            {
                throw new InvalidDataException($"{Path}: the file {shard.Key} of {shard.First()} is missing.");
            }

            var wanted = shard.ToHashSet(StringComparer.Ordinal);
            AddFile(file, wanted);
            if (wanted.Count > 0)
            {
                throw new InvalidDataException($"{Path}: {shard.Key} has no tensor {wanted.Order(StringComparer.Ordinal).First()}, though the index says so.");
            }
        }
    }
}
