using System.Diagnostics;
using Fovea.Imaging;
using Fovea.Models;

namespace Fovea.Cli;

/// <summary>Files that a question is about: pictures, decoded, and videos, whose frames the model chooses.</summary>
/// <param name="Images">The pictures in the order of the files.</param>
/// <param name="Videos">The paths of the videos in the order of the files.</param>
/// <param name="Time">Time to read and decode the pictures.</param>
internal sealed record MediaFiles(IReadOnlyList<Image> Images, IReadOnlyList<string> Videos, TimeSpan Time)
{
    /// <summary>No files.</summary>
    public static MediaFiles None { get; } = new([], [], TimeSpan.Zero);

    /// <summary>Reads pictures, and finds out which files are videos.</summary>
    /// <param name="files">Files that tell by their content what they are.</param>
    /// <param name="videos">Files that are videos whatever they look like; they come last.</param>
    /// <exception cref="ImageFormatException">A file is no picture.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static MediaFiles Load(IEnumerable<string> files, IEnumerable<string> videos)
    {
        long started = Stopwatch.GetTimestamp();
        var images = new List<Image>();
        var clips = new List<string>();
        foreach (string file in files.Select(Existing))
        {
            if (VideoFormat.IsVideo(file))
            {
                clips.Add(file);
            }
            else
            {
                images.Add(Image.Load(file));
            }
        }

        clips.AddRange(videos.Select(Existing));
        return new MediaFiles(images, clips, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Takes the frames of the videos.</summary>
    /// <returns>The videos, and the time that pictures and videos took to read and decode.</returns>
    public async Task<(IReadOnlyList<VisualItem> Videos, TimeSpan Time)> OpenVideosAsync(VisionLanguageModel model, FrameRequest? frames, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        var items = new List<VisualItem>();
        foreach (string video in Videos)
        {
            items.Add(await model.LoadVideoAsync(video, frames, cancellation).ConfigureAwait(false));
        }

        return (items, Time + Stopwatch.GetElapsedTime(started));
    }

    private static string Existing(string file) => File.Exists(file) ? file : throw new FileNotFoundException($"There is no picture or video file {file}.", file);
}
