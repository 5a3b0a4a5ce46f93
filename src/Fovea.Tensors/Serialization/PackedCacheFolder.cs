namespace Fovea.Tensors.Serialization;

/// <summary>The files of packed weights in a folder. Other files in it are left alone.</summary>
/// <param name="path">The folder; made when the first file is written.</param>
/// <param name="limit">Most bytes of all files.</param>
internal sealed class PackedCacheFolder(string path, long limit)
{
    private const string Suffix = ".packed";
    private const string PartialSuffix = ".partial";

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Most bytes of all files.</summary>
    public long Limit => limit;

    /// <summary>The file of a key.</summary>
    public string PathOf(byte[] key) => System.IO.Path.Combine(Path, Convert.ToHexStringLower(key) + Suffix);

    /// <summary>Notes that a file is used.</summary>
    public void Touch(byte[] key)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(key), TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that can only be read: nobody removes files from it either.
        }
    }

    /// <summary>A name for a file that is being written. Makes the folder, and removes what processes left that were killed while they wrote.</summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public string NewPartial(byte[] key)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
        }
        else
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (string partial in Directory.EnumerateFiles(Path, "*" + Suffix + "*" + PartialSuffix).Where(file => IsOurs(file, PartialSuffix)))
        {
            RemoveAbandoned(partial);
        }

        return $"{PathOf(key)}.{Guid.NewGuid():N}{PartialSuffix}";
    }

    /// <summary>Removes the files that were not used for longest until another one fits.</summary>
    /// <param name="bytes">Length of that file.</param>
    /// <param name="key">Its key; a file of that name will be replaced.</param>
    /// <exception cref="IOException">A file cannot be removed, and without that the other one does not fit.</exception>
    public void MakeRoom(long bytes, byte[] key)
    {
        string replaced = PathOf(key);
        FileInfo[] files = [.. new DirectoryInfo(Path).EnumerateFiles("*" + Suffix).Where(file => IsOurs(file.FullName, Suffix) && file.FullName != replaced && file.Exists)];
        long total = files.Sum(file => file.Length);
        foreach (var file in files.OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal))
        {
            if (total <= limit - bytes)
            {
                return;
            }

            total -= file.Length;
            file.Delete();
        }
    }

    /// <summary>Whether a file has a name that is given here: the digits of a key and a suffix.</summary>
    private static bool IsOurs(string file, string suffix)
    {
        string name = System.IO.Path.GetFileName(file);
        int digits = 2 * PackedCacheFile.KeyBytes;
        return name.Length > digits && name.Take(digits).All(char.IsAsciiHexDigitLower)
            && name.AsSpan(digits).StartsWith(Suffix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal);
    }

    // Whoever writes a file has it to himself as long as he lives.
    private static void RemoveAbandoned(string partial)
    {
        try
        {
            using (new FileStream(partial, FileMode.Open, FileAccess.Write, FileShare.None))
            {
            }

            File.Delete(partial);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is being written, or somebody else's.
        }
    }
}
