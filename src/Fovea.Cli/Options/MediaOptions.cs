using System.CommandLine;
using Fovea.Imaging;

namespace Fovea.Cli.Options;

/// <summary>What a question is about besides pictures: <c>--video --frames</c>.</summary>
internal sealed class MediaOptions
{
    private readonly Option<string[]> _video = new("--video") { Description = "video file, for one that does not look like a video by its content; may be repeated", HelpName = "FILE" };
    private readonly Option<int?> _frames = new("--frames") { Description = "frames to take of each video, by the model family's own rule; default: what the checkpoint asks for, else 8", HelpName = "N" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_video);
        command.Add(_frames);
    }

    /// <summary>Reads the pictures among some files and those of <c>--video</c>.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public MediaFiles Load(ParseResult parsed, IEnumerable<string> files) => MediaFiles.Load(files, parsed.GetValue(_video) ?? []);

    /// <summary>How many frames to take; none = the checkpoint's own number.</summary>
    /// <exception cref="ArgumentException">Less than one.</exception>
    public FrameRequest? Frames(ParseResult parsed) => parsed.GetValue(_frames) is not { } count ? null
        : count >= 1 ? new FrameRequest { Count = count }
        : throw new ArgumentException($"--frames is {count}; it must be at least 1.");
}
