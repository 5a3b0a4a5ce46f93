using System.Globalization;
using System.Text.Json;
using Fovea.Imaging.Codecs;

namespace Fovea.Imaging;

/// <summary>
/// Reads frames of a video file through <c>ffmpeg</c> and <c>ffprobe</c>, which must be on the PATH. Frames are numbered from 0 in the order of display.
/// The conversion of colours is theirs and may differ by
/// a few units between versions. Nothing is kept open between calls.
/// </summary>
public sealed class VideoReader
{
    // The containers that may be opened. Playlists and scripts, which name other files, are not among them.
    private const string Containers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpeg,mpegts,mpegvideo,ogg,asf,gif,ivf,h264,hevc,m4v";

    // All frames of one call together.
    private const long MaxTotalPixels = 8 * ImageLoadOptions.DefaultMaxPixels;

    private readonly string _path;
    private readonly ImageLoadOptions _options;

    private VideoReader(string path, ImageLoadOptions options) => (_path, _options) = (path, options);

    /// <summary>The frames of the first video stream, ≥ 1.</summary>
    public int FrameCount { get; private init; }

    /// <summary>The mean frame rate; null if the file does not tell it.</summary>
    public double? FramesPerSecond { get; private init; }

    /// <summary>The stored size of a frame. Frames that the file says to turn come out turned, with the sides exchanged.</summary>
    public ImageSize Size { get; private init; }

    /// <summary>Reads what a file says about its first video stream, and counts its frames.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limits of pixels and time; the orientation plays no part.</param>
    /// <exception cref="ImageFormatException"><c>ffprobe</c> is missing, or the file has no video that it can read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static VideoReader Open(string path, ImageLoadOptions? options = null)
    {
        options ??= new ImageLoadOptions();
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no video {path}.", path);
        }

        string[] arguments =
        [
            .. Ffmpeg.Limits(options), .. Source(path), "-select_streams", "v:0", "-count_packets",
            "-show_entries", "stream=width,height,avg_frame_rate,nb_read_packets", "-of", "json",
        ];
        using var answer = Ffmpeg.Run("ffprobe", arguments, path, "video", [], options.ExternalTimeLimit, ReadJson);
        var streams = answer.RootElement.TryGetProperty("streams", out var list) ? list : default;
        if (streams.ValueKind != JsonValueKind.Array || streams.GetArrayLength() == 0)
        {
            throw new ImageFormatException(path, "video: the file has no video stream");
        }

        int width = Integer(streams[0], "width"), height = Integer(streams[0], "height"), frames = Integer(streams[0], "nb_read_packets");
        return width > 0 && height > 0 && frames > 0
            ? new VideoReader(path, options) { FrameCount = frames, FramesPerSecond = Rate(streams[0]), Size = new ImageSize(height, width) }
            : throw new ImageFormatException(path, $"video: {frames} frames of {width} x {height} pixels are none");
    }

    /// <summary>Decodes frames.</summary>
    /// <param name="indices">Which frames, each in 0..<see cref="FrameCount"/> − 1, in any order; one may stand several times.</param>
    /// <returns>The frames in the order of <paramref name="indices"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An index outside the video.</exception>
    /// <exception cref="ImageFormatException">The video cannot be decoded, ends before a frame, or the frames together are too large.</exception>
    public IReadOnlyList<Image> ReadFrames(IReadOnlyList<int> indices)
    {
        int[] wanted = [.. indices.Distinct().Order()];
        if (wanted.Length == 0)
        {
            return [];
        }

        ArgumentOutOfRangeException.ThrowIfNegative(wanted[0], nameof(indices));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(wanted[^1], FrameCount, nameof(indices));
        if (wanted.Length * Size.Area > MaxTotalPixels)
        {
            throw new ImageFormatException(_path, $"video: {wanted.Length} frames of {Size} pixels are more than {MaxTotalPixels} pixels together");
        }

        string choice = string.Join('+', wanted.Select(index => $"eq(n\\,{Ffmpeg.Text(index)})"));
        string[] arguments =
        [
            "-nostdin", .. Ffmpeg.Limits(_options), .. Source(_path), "-map", "0:v:0", "-vf", $"select={choice}", "-fps_mode", "passthrough",
            "-frames:v", Ffmpeg.Text(wanted.Length), "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1",
        ];
        var decoded = Ffmpeg.Run("ffmpeg", arguments, _path, "video", [], _options.ExternalTimeLimit, ReadAll);
        return decoded.Count == wanted.Length
            ? [.. indices.Select(index => decoded[Array.BinarySearch(wanted, index)])]
            : throw new ImageFormatException(_path, $"video: of {wanted.Length} frames only {decoded.Count} could be decoded");
    }

    private static string[] Source(string path) => ["-protocol_whitelist", "file", "-format_whitelist", Containers, "-i", "file:" + Path.GetFullPath(path)];

    private static JsonDocument ReadJson(Stream output)
    {
        try
        {
            return JsonDocument.Parse(output);
        }
        catch (JsonException malformed)
        {
            throw new EndOfStreamException("no answer came out", malformed);
        }
    }

    private static int Integer(JsonElement stream, string key)
    {
        if (!stream.TryGetProperty(key, out var value))
        {
            return 0;
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    private static double? Rate(JsonElement stream)
    {
        string[] parts = (stream.TryGetProperty("avg_frame_rate", out var rate) ? rate.GetString() ?? "" : "").Split('/');
        return parts.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double frames)
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && frames > 0 && seconds > 0 ? frames / seconds : null;
    }

    private List<Image> ReadAll(Stream output)
    {
        var frames = new List<Image>();
        while (PpmStream.Read(output, _options.MaxPixels) is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }
}
