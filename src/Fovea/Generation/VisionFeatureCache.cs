namespace Fovea.Generation;

/// <summary>
/// What the vision encoder made of pictures, so that a further question about them does not encode them again. Belongs to one model; pictures that were
/// encoded together are one entry, under a hash of their pixels and the part of the reductions that acts on them. Bounded in bytes: what was not used
/// for longest goes first. Safe for concurrent use.
/// </summary>
public sealed class VisionFeatureCache : IDisposable
{
    /// <summary>The bound where nobody says otherwise: 256 MiB, some 27 pictures of LLaVA-1.5-7B.</summary>
    public const long DefaultCapacity = 256L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, CachedFeatures Features)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, CachedFeatures Features)> _byUse = new();
    private long _capacity = DefaultCapacity;
    private long _bytes;

    /// <summary>Most bytes to hold; 0 = nothing is kept. What is too much is dropped at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number.</exception>
    public long Capacity
    {
        get
        {
            lock (_lock)
            {
                return _capacity;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_lock)
            {
                _capacity = value;
                Shrink();
            }
        }
    }

    /// <summary>Bytes held now.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Entries held now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            while (_byUse.Last is { } last)
            {
                Drop(last);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    /// <summary>Reads an entry; it stays the cache's, and whatever is to outlast the call must be copied.</summary>
    /// <returns>What was read, or none if there is no such entry.</returns>
    internal T? Read<T>(string key, Func<CachedFeatures, T> read)
        where T : class
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return read(node.Value.Features);
        }
    }

    /// <summary>Keeps a copy, unless it alone is larger than the bound or already there.</summary>
    internal void Add(string key, CachedFeatures features)
    {
        lock (_lock)
        {
            if (features.Bytes > _capacity || _entries.ContainsKey(key))
            {
                return;
            }

            _entries.Add(key, _byUse.AddFirst((key, features.Copy())));
            _bytes += features.Bytes;
            Shrink();
        }
    }

    private void Shrink()
    {
        while (_bytes > _capacity && _byUse.Last is { } last)
        {
            Drop(last);
        }
    }

    private void Drop(LinkedListNode<(string Key, CachedFeatures Features)> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Features.Bytes;
        node.Value.Features.Dispose();
    }
}
