using System.Diagnostics;
using Fovea.Imaging;
using Fovea.Imaging.Codecs;

namespace Fovea.Tests.Imaging;

/// <summary>Pictures and videos through <c>ffmpeg</c>; most need it and are skipped where it is missing.</summary>
[Trait("kind", "end-to-end")]
public sealed class ExternalProgramTests
{
    [Fact]
    public void Run_OfAMissingProgram_SaysWhatIsNeeded()
    {
        var error = Assert.Throws<ImageFormatException>(() => Ffmpeg.Run("fovea-has-no-such-program", [], "a.webp", "WebP", [], TimeSpan.FromSeconds(5), _ => 0));
        Assert.Contains("install ffmpeg", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("a.webp: WebP", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfAProgramWithoutEnd_IsEnded()
    {
        RequireFfmpeg();
        string[] endless = ["-v", "error", "-re", "-f", "lavfi", "-i", "color", "-f", "null", "-"];
        var error = Assert.Throws<ImageFormatException>(() => Ffmpeg.Run("ffmpeg", endless, "a", "video", [], TimeSpan.FromSeconds(0.5), output => output.ReadByte()));
        Assert.Contains("longer than", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OfBrokenWebP_IsRefused()
    {
        RequireFfmpeg();
        byte[] file = GoldenPictures.Read("other/lossless.webp");
        Assert.Throws<ImageFormatException>(() => Image.Decode(file.AsSpan(0, file.Length / 2)));
        Assert.Throws<ImageFormatException>(() => Image.Decode([.. file[..12], .. new byte[100]]));
        Assert.Throws<ImageFormatException>(() => Image.Decode(file, new ImageLoadOptions { MaxPixels = 10 }));
        Assert.Throws<ImageFormatException>(() => Image.Decode(GoldenPictures.Read("other/lossy.webp"), new ImageLoadOptions { MaxPixels = 10 }));
    }

    [Theory]
    [InlineData("tif")]
    [InlineData("jp2")]
    [InlineData("webp")]
    [InlineData("avif")]
    public void Load_OfOtherFormats_GivesTheSize(string extension) => InFolder(folder =>
    {
        string file = Path.Combine(folder, $"a.{extension}");
        Make("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", file);
        Assert.SkipUnless(File.Exists(file) && new FileInfo(file).Length > 0, $"this ffmpeg does not write {extension}");
        Assert.Equal(new ImageSize(48, 64), ImageSize.Of(Image.Load(file)));
    });

    [Fact]
    public void VideoReader_OfAVideo_CountsAndDecodesFrames() => InFolder(folder =>
    {
        string file = Path.Combine(folder, "a.mkv");
        Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-t", "2", "-c:v", "ffv1", "-pix_fmt", "bgr0", file);
        var video = VideoReader.Open(file);
        Assert.Equal(20, video.FrameCount);
        Assert.Equal(10, video.FramesPerSecond);
        Assert.Equal(new ImageSize(48, 64), video.Size);
        var frames = video.ReadFrames([12, 3, 12]);
        Assert.Same(frames[0], frames[2]);
        Assert.False(frames[0].Rgb.SequenceEqual(frames[1].Rgb));

        // Lossless, so a frame equals the one that is taken out of the source directly.
        string png = Path.Combine(folder, "a.png");
        Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10", "-vf", "select=eq(n\\,3)", "-frames:v", "1", "-pix_fmt", "rgb24", png);
        Assert.Equal(Image.Load(png).Rgb.ToArray(), frames[1].Rgb.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => video.ReadFrames([20]));
        Assert.Empty(video.ReadFrames([]));
    });

    [Fact]
    public void VideoReader_OfAPlaylistOrAnythingElse_IsRefused() => InFolder(folder =>
    {
        string file = Path.Combine(folder, "a.mp4");
        File.WriteAllText(file, "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n");
        Assert.Throws<ImageFormatException>(() => VideoReader.Open(file));
        File.WriteAllText(file, "ffconcat version 1.0\nfile /etc/hostname\n");
        Assert.Throws<ImageFormatException>(() => VideoReader.Open(file));
        Assert.Throws<FileNotFoundException>(() => VideoReader.Open(file + ".missing"));
    });

    private static void InFolder(Action<string> test)
    {
        RequireFfmpeg();
        string folder = Directory.CreateTempSubdirectory("fovea").FullName;
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Make(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-v", "error", "-y", "-nostdin", .. arguments]) { UseShellExecute = false });
        process?.WaitForExit();
    }

    private static void RequireFfmpeg()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))), "ffmpeg is not on the PATH");
    }
}
