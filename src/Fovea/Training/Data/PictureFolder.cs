namespace Fovea.Training.Data;

/// <summary>The folder that the paths of pictures are below.</summary>
internal sealed class PictureFolder
{
    private readonly string _folder;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public PictureFolder(string folder) =>
        _folder = Directory.Exists(folder) ? Path.GetFullPath(folder) : throw new DirectoryNotFoundException($"There is no folder of pictures {folder}.");

    /// <summary>The whole path of a picture, which is there.</summary>
    /// <exception cref="InvalidDataException">It would be outside the folder.</exception>
    /// <exception cref="FileNotFoundException">There is no such picture.</exception>
    public string Find(string path)
    {
        string whole = Path.GetFullPath(Path.Combine(_folder, path));
        return !whole.StartsWith(Path.TrimEndingDirectorySeparator(_folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new InvalidDataException($"its picture {path} lies outside the folder {_folder}")
            : File.Exists(whole) ? whole : throw new FileNotFoundException($"its picture {path} is not in {_folder}");
    }
}
