namespace Fovea.Generation;

/// <summary>
/// What the vision encoder made of pictures, so that a further question about them does not encode them again. Belongs to one model. Every picture and video
/// has an entry with its features before any reduction, whatever stands beside it; where nothing but the pictures decides about the reductions before the
/// language model, what these left of the pictures of a prompt is an entry too. Bounded in bytes: what was not used for longest goes first. Safe for
/// concurrent use.
/// </summary>
public sealed class VisionFeatureCache : IDisposable
{
    /// <summary>The bound where nobody says otherwise: 256 MiB, some 22 pictures of LLaVA-1.5-7B.</summary>
    public const long DefaultCapacity = 256L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, VisualFeatures Features)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, VisualFeatures Features)> _byUse = new();
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
    internal T? Read<T>(string key, Func<VisualFeatures, T> read)
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

    /// <summary>Keeps a copy of some rows, unless they alone are larger than the bound or the key is taken.</summary>
    internal void Add(string key, VisualFeatures features, int first, int count)
    {
        long bytes = features.BytesOf(count);
        lock (_lock)
        {
            if (bytes > _capacity || _entries.ContainsKey(key))
            {
                return;
            }

            _entries.Add(key, _byUse.AddFirst((key, features.Copy(first, count))));
            _bytes += bytes;
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

    private void Drop(LinkedListNode<(string Key, VisualFeatures Features)> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Features.BytesOf(node.Value.Features.Values.Rows);
        node.Value.Features.Dispose();
    }
}
