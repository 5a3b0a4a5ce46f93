namespace Fovea.Tensors.Serialization;

/// <summary>
/// Packed weights of one model on disk. Where there is a file of them, matrices look into it, mapped, and nothing is packed; where there is none, it is written
/// while they are packed. A file that cannot be used, read or written is never an error: weights are packed then as without a cache, and <see cref="Notice"/> says why
/// there will be no file. For one thread.
/// </summary>
/// <remarks>
/// A file is named after its <see cref="PackedCacheKey"/>, is readable by its owner alone, appears whole or not at all, and is checked before it is used: its key,
/// its table by a digest, and the place of each matrix against the file's length. Numbers in it are trusted as those of a checkpoint are.
/// </remarks>
public sealed class PackedCache : IDisposable
{
    /// <summary>Bytes of all files in a folder, if nobody says another number.</summary>
    public const long DefaultLimit = 20L << 30;

    private readonly PackedCacheFolder _folder;
    private readonly byte[] _key;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Name, PackedMatrix Matrix)> _found = [];
    private MappedMemory? _file;
    private Dictionary<string, long> _starts = [];
    private PackedCacheWriter? _writer;

    private PackedCache(PackedCacheFolder folder, byte[] key) => (_folder, _key) = (folder, key);

    /// <summary>Matrices that were there.</summary>
    public int Found => _found.Count;

    /// <summary>Matrices that were packed.</summary>
    public int Packed { get; private set; }

    /// <summary>Why what was packed was not kept, in one sentence, or none.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the file of a key, if there is one.</summary>
    /// <param name="folder">The folder of the files; made when the first is written.</param>
    /// <param name="key">What decides the packed weights.</param>
    /// <param name="limit">Most bytes of all files in the folder. Those that were not used for longest make room; a larger file is not kept.</param>
    /// <exception cref="ArgumentException">The folder has no name that a folder can have.</exception>
    public static PackedCache Open(string folder, PackedCacheKey key, long limit = DefaultLimit)
    {
        var cache = new PackedCache(new PackedCacheFolder(folder, limit), key.Digest());
        cache.Map();
        return cache;
    }

    /// <summary>A matrix of the file, or one that is packed now and, if it can be, kept.</summary>
    /// <param name="name">Tells the matrix from all others of the model.</param>
    /// <param name="format">How it is kept.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    /// <param name="pack">Packs it, in this format and shape.</param>
    /// <exception cref="InvalidOperationException">A matrix of this name was asked for before.</exception>
    public PackedMatrix Get(string name, WeightFormat format, int outputs, int inputs, Func<PackedMatrix> pack)
    {
        string entry = PackedCacheFile.Name(name, format, outputs, inputs);
        if (!_names.Add(entry))
        {
            throw new InvalidOperationException($"There are two matrices {entry}.");
        }

        if (Find(entry, format, outputs, inputs) is { } found)
        {
            _found.Add((entry, found));
            if (_writer is not null)
            {
                Keep(entry, found);
            }

            return found;
        }

        var packed = pack();
        Packed++;
        Keep(PackedCacheFile.Name(name, packed.Format, packed.Outputs, packed.Inputs), packed);
        return packed;
    }

    /// <summary>Says that all matrices are there: what was packed gets its name.</summary>
    public void Complete()
    {
        if (_writer is not null)
        {
            Try(_writer.Complete);
            Abandon();
        }
    }

    /// <summary>Unmaps the file; removes what was not completed.</summary>
    public void Dispose()
    {
        Abandon();
        _file?.Dispose();
    }

    private void Map()
    {
        MappedMemory? file = null;
        try
        {
            file = MappedMemory.Open(_folder.PathOf(_key));
            if (PackedCacheFile.Table(file, _key) is { } starts)
            {
                (_file, _starts) = (file, starts);
                _folder.Touch(_key);
                return;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            // As if there were none: it is written anew.
        }

        file?.Dispose();
    }

    private PackedMatrix? Find(string entry, WeightFormat format, int outputs, int inputs)
    {
        if (_file is null || !_starts.TryGetValue(entry, out long start) || start < PackedCacheFile.DataStart)
        {
            return null;
        }

        try
        {
            return PackedMatrix.View(_file, start, format, outputs, inputs);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Appends a matrix to the file that is being written. The first goes behind all that were found: a file that lacks one is written anew.</summary>
    private void Keep(string entry, PackedMatrix matrix)
    {
        if (Notice is null)
        {
            Try(() =>
            {
                if (_writer is null)
                {
                    _writer = new PackedCacheWriter(_folder, _key);
                    _found.ForEach(found => _writer.Add(found.Name, found.Matrix));
                }

                _writer.Add(entry, matrix);
            });
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Notice = $"The packed weights are not kept in {_folder.Path}: {error.Message}";
            Abandon();
        }
    }

    private void Abandon()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Notice ??= $"The packed weights are not kept in {_folder.Path}: {error.Message}";
        }

        _writer = null;
    }
}
