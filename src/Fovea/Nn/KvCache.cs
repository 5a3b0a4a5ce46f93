namespace Fovea.Nn;

/// <summary>The keys and values of one sequence, layer by layer.</summary>
public sealed class KvCache : IDisposable
{
    private readonly KvCacheLayer[] _layers;

    /// <summary>Creates an empty cache.</summary>
    public KvCache(int layers, int heads, int headSize, KvCacheType type = KvCacheType.F32)
    {
        _layers = new KvCacheLayer[layers];
        for (int i = 0; i < layers; i++)
        {
            _layers[i] = new KvCacheLayer(heads, headSize, type);
        }
    }

    /// <summary>The number of layers.</summary>
    public int Layers => _layers.Length;

    /// <summary>Bytes of all entries.</summary>
    public long Bytes => _layers.Sum(layer => layer.Bytes);

    /// <summary>One layer.</summary>
    public KvCacheLayer this[int layer] => _layers[layer];

    /// <summary>The length of every layer.</summary>
    public int[] Lengths() => Array.ConvertAll(_layers, layer => layer.Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }
    }
}
