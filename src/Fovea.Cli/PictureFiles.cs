using System.Diagnostics;
using Fovea.Imaging;

namespace Fovea.Cli;

/// <summary>Picture files, decoded.</summary>
/// <param name="Images">The pictures in the order of the files.</param>
/// <param name="Time">Time to read and decode them.</param>
internal sealed record PictureFiles(IReadOnlyList<Image> Images, TimeSpan Time)
{
    /// <summary>Reads files.</summary>
    /// <exception cref="ImageFormatException">A file is no picture.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static PictureFiles Load(IEnumerable<string> files)
    {
        long started = Stopwatch.GetTimestamp();
        var images = files.Select(file => File.Exists(file) ? Image.Load(file) : throw new FileNotFoundException($"There is no picture file {file}.", file)).ToList();
        return new PictureFiles(images, Stopwatch.GetElapsedTime(started));
    }
}
