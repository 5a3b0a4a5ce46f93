namespace Fovea.Tensors.Serialization;

/// <summary>Writes a file of packed weights under another name, matrix by matrix; what is not completed leaves nothing behind.</summary>
internal sealed class PackedCacheWriter : IDisposable
{
    private readonly PackedCacheFolder _folder;
    private readonly byte[] _key;
    private readonly string _partial;
    private readonly FileStream _stream;
    private readonly MemoryStream _table = new();

    /// <summary>Begins a file that only its owner may read.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public PackedCacheWriter(PackedCacheFolder folder, byte[] key)
    {
        (_folder, _key) = (folder, key);
        _partial = folder.NewPartial(key);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _stream = new FileStream(_partial, options) { Position = PackedCacheFile.DataStart };
    }

    /// <summary>Appends a matrix.</summary>
    /// <exception cref="IOException">It cannot be written, or the file would be over the folder's limit.</exception>
    public void Add(string name, PackedMatrix matrix)
    {
        long start = _stream.Position;
        CheckLimit(start + matrix.Bytes);
        PackedCacheFile.WriteEntry(_table, name, start);
        matrix.WriteTo(_stream);
        _stream.Write(new byte[PackedMatrix.Slack + Padding(start + matrix.Bytes)]);
    }

    /// <summary>Gives the file its name once it is whole; older files make room for it.</summary>
    /// <exception cref="IOException">It cannot be written, or there is no room.</exception>
    public void Complete()
    {
        long tableStart = _stream.Position;
        byte[] table = _table.ToArray();
        CheckLimit(tableStart + table.Length);
        _stream.Write(table);
        _stream.Position = 0;
        _stream.Write(PackedCacheFile.Prologue(_key, tableStart, table));
        _stream.Flush(flushToDisk: true);
        _folder.MakeRoom(_stream.Length, _key);
        _stream.Dispose();
        File.Move(_partial, _folder.PathOf(_key), overwrite: true);
    }

    /// <summary>Removes what was not completed.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _table.Dispose();
        File.Delete(_partial);
    }

    private void CheckLimit(long length)
    {
        if (length > _folder.Limit)
        {
            throw new IOException($"they take more than the limit of {_folder.Limit} bytes");
        }
    }

    private static int Padding(long length) => (int)(-length & (AlignedMemory.Alignment - 1));
}
