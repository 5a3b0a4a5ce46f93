using System.Diagnostics;
using System.Text.Json;
using Fovea.Imaging;

namespace Fovea.Tests.Cli;

/// <summary>Videos from the file to the answer, on every family that takes them; the clip is made here.</summary>
[Trait("kind", "end-to-end")]
public sealed class VideoTests : IDisposable
{
    private const int Frames = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    /// <summary>Checkpoints of the catalogue that take videos.</summary>
    public static TheoryData<string> VideoModels => [.. TinyModels.Folders.Where(folder => TinyModels.Load(folder).Videos is not null)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(VideoModels))]
    public void Ask_AboutAClip_SeesAsManyFramesAsAsked(string folder)
    {
        string clip = Clip("clip.mp4");
        using var four = Stats("ask", clip, "What happens?", "--model", Repository.Path(folder), "--frames", "4", "--max-tokens", "2", "--json");
        using var eight = Stats("ask", clip, "What happens?", "--model", Repository.Path(folder), "--frames", "8", "--max-tokens", "2", "--json");
        int few = VisualTokens(four), many = VisualTokens(eight);
        // Not always more: Qwen3-VL has one limit for all frames together, and makes them smaller.
        Assert.True(few > 4 && many > 8 && many != few, $"{few} and {many} visual tokens");
    }

    [Theory]
    [MemberData(nameof(VideoModels))]
    public async Task AskAsync_AboutAPictureAndAClip_AnswersAlikeFromTheCache(string folder)
    {
        string clip = Clip("clip.webm");
        using var model = await VisionLanguageModel.LoadAsync(Repository.Path(folder), cancellation: TestContext.Current.CancellationToken);
        var video = await model.LoadVideoAsync(clip, new FrameRequest { Count = 4 }, TestContext.Current.CancellationToken);
        Assert.Equal((4, true, 4), (video.Frames.Count, video.IsVideo, video.FrameTimes.Count));
        var picture = TinyModels.Picture(60, 50, 1);
        var options = new AnswerOptions { MaxNewTokens = 4 };
        var first = await model.AskAsync([picture], [video], "What happens?", options, cancellation: TestContext.Current.CancellationToken);
        var second = await model.AskAsync([picture], [video], "What happens?", options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(first.Tokens, second.Tokens);
        Assert.Equal(0, second.Report.PicturesEncoded);
        Assert.Equal([0, 1], first.Report.Geometry.Images().Select(image => image.Image).Distinct());
    }

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.mkv")]
    [InlineData("clip.avi")]
    [InlineData("clip.mov")]
    [InlineData("clip.mpg")]
    public void IsVideo_OfAClip_TellsItByItsContent(string name)
    {
        string unnamed = Path.Combine(_folder, "unnamed");
        File.Move(Clip(name), unnamed);
        Assert.True(VideoFormat.IsVideo(unnamed));
    }

    [Fact]
    public void IsVideo_OfPictures_IsFalse()
    {
        Assert.False(VideoFormat.IsVideo(CommandLine.Picture));
        Assert.False(VideoFormat.IsVideo("\0\0\0\u0020ftypavif"u8));
        Assert.False(VideoFormat.IsVideo("GIF89a\0\0\0\0\0\0"u8));
        Assert.False(VideoFormat.IsVideo("ftyp"u8));
    }

    [Fact]
    public void Ask_WithMoreFramesThanThereAre_GivesBothNumbers()
    {
        var run = CommandLine.Run("ask", Clip("clip.mp4"), "What happens?", "--model", Checkpoint("video-llava-tiny"), "--frames", "100");
        Assert.Equal(2, run.Code);
        Assert.Contains("100 frames", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{Frames}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_AboutAClip_OfAModelOfPictures_SaysSo()
    {
        var run = CommandLine.Run("ask", Clip("clip.mp4"), "What happens?", "--model", CommandLine.Model);
        Assert.NotEqual(0, run.Code);
        Assert.Contains("takes pictures, not videos", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_AboutAClipAndThenAPicture_GoesOnInOneConversation()
    {
        string clip = Clip("clip.mp4");
        string input = $"What happens?\nAnd then?\n/add {CommandLine.Picture}\nIs it this?\n";
        var run = CommandLine.RunWithInput(input, "chat", clip, "--model", Checkpoint("qwen2-vl-tiny"), "--frames", "2", "--max-tokens", "2", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var cached = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            var stats = json.RootElement.GetProperty("stats");
            return (Cached: stats.GetProperty("cached_tokens").GetInt32(), Visual: VisualTokens(json));
        }).ToList();
        Assert.Equal(3, cached.Count);
        Assert.True(cached[0].Cached == 0 && cached[1].Cached > 0 && cached[2].Cached > cached[1].Cached);
        Assert.True(cached[0].Visual > 0 && cached[1].Visual == 0 && cached[2].Visual > 0);
    }

    [Fact]
    public void Chat_AddingAFileThatIsNotThere_SaysSoAndGoesOn()
    {
        var run = CommandLine.RunWithInput("/add nowhere.png\nWhat word is on the sign?\n", "chat", CommandLine.Picture, "--model", CommandLine.Model);
        Assert.Equal((0, "OPEN"), (run.Code, run.Out.Trim()));
        Assert.Contains("nowhere.png", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_AboutTwoPictures_SeesBoth()
    {
        using var one = Stats("ask", CommandLine.Picture, "What is it?", "--model", Checkpoint("llava15-orig-tiny"), "--json", "--max-tokens", "2");
        using var two = Stats("ask", CommandLine.Picture, CommandLine.Picture, "What is it?", "--model", Checkpoint("llava15-orig-tiny"), "--json", "--max-tokens", "2");
        Assert.Equal(2 * VisualTokens(one), VisualTokens(two));
    }

    [Fact]
    public void Ask_WithPlaceholdersInTheQuestion_GivesBothCounts()
    {
        var run = CommandLine.Run("ask", CommandLine.Picture, "Compare <image> and <image>.", "--model", CommandLine.Model);
        Assert.Equal(2, run.Code);
        Assert.Contains("3 image placeholders, but 1 images", run.Error, StringComparison.Ordinal);
    }

    private static string Checkpoint(string name) => Repository.Path($"tests/golden/checkpoints/{name}");

    private static int VisualTokens(JsonDocument answer) => answer.RootElement.GetProperty("stats").GetProperty("visual_tokens").GetInt32();

    private static JsonDocument Stats(params string[] arguments)
    {
        var run = CommandLine.Run(arguments);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonDocument.Parse(run.Out);
    }

    private string Clip(string name)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))), "ffmpeg is not on the PATH");
        string path = Path.Combine(_folder, name);
        string[] arguments = ["-v", "error", "-y", "-nostdin", "-f", "lavfi", "-i", "testsrc=size=96x64:rate=25", "-frames:v", $"{Frames}", path];
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", arguments) { UseShellExecute = false });
        process!.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return path;
    }
}
