using System.Globalization;

namespace Fovea.Models.Quantization;

/// <summary>A folder that is made beside its place and appears there when it is complete.</summary>
internal sealed class OutputFolder
{
    private static readonly string[] Replaced = ["config.json", "model.safetensors.index.json", "pytorch_model.bin.index.json"];

    private readonly string _source;
    private readonly string _place;

    /// <summary>Checks the places.</summary>
    /// <param name="source">The checkpoint whose other files are copied.</param>
    /// <param name="place">The folder to make.</param>
    /// <exception cref="IOException">It exists or lies inside the checkpoint.</exception>
    public OutputFolder(string source, string place)
    {
        _source = Path.GetFullPath(source);
        _place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(place));
        if (Path.Exists(_place))
        {
            throw new IOException($"{place} exists already.");
        }

        if (_place.StartsWith(Path.TrimEndingDirectorySeparator(_source) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new IOException($"{place} lies inside the checkpoint {source}.");
        }
    }

    /// <summary>Copies what is not weights or config, lets the caller write those, and moves the whole into its place; whatever fails, nothing is left.</summary>
    /// <param name="bytes">Bytes that the caller will write.</param>
    /// <param name="write">Writes into the folder that it is given.</param>
    /// <exception cref="IOException">There is not enough space, or a file cannot be read or written.</exception>
    public void Write(long bytes, Action<string> write)
    {
        string parent = Path.GetDirectoryName(_place) ?? _place;
        Directory.CreateDirectory(parent);
        long free = new DriveInfo(parent).AvailableFreeSpace;
        if (bytes > free)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{_place} needs {bytes} bytes, but only {free} are free there."));
        }

        CheckpointWriter.Write(_place, folder =>
        {
            Copy(_source, folder, name => !IsReplaced(name));
            write(folder);
        });
    }

    private static bool IsReplaced(string name) =>
        Replaced.Contains(name)
        || name.EndsWith(".safetensors", StringComparison.Ordinal)
        || (name.StartsWith("pytorch_model", StringComparison.Ordinal) && name.EndsWith(".bin", StringComparison.Ordinal));

    /// <summary>Links to files are followed, links to folders and hidden folders are left out.</summary>
    private static void Copy(string from, string to, Func<string, bool> wanted)
    {
        foreach (string file in Directory.EnumerateFiles(from).Where(file => wanted(Path.GetFileName(file))))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in new DirectoryInfo(from).EnumerateDirectories().Where(folder => folder.LinkTarget is null && folder.Name[0] != '.'))
        {
            string copy = Path.Combine(to, folder.Name);
            Directory.CreateDirectory(copy);
            Copy(folder.FullName, copy, _ => true);
        }
    }
}
