using System.Text.Json;
using Fovea.Imaging;

namespace Fovea.Tests.Imaging;

[Trait("kind", "property")]
public sealed class FrameSamplingTests
{
    [Fact]
    public void EveryRule_OfAnyNumbers_GivesAscendingFramesOfTheVideo()
    {
        foreach (int total in (int[])[1, 2, 3, 7, 8, 30, 61, 100])
        {
            for (int count = 1; count <= total; count++)
            {
                Check(total, count, FrameSampling.Linspace(total, count));
                Check(total, count, FrameSampling.Qwen3(total, count));
                Check(total, count, FrameSampling.Centred(total, count));
                Check(total, count, FrameSampling.Even(total, count));
                Check(total, count, FrameSampling.EvenShifted(total, count));
                Assert.Equal(total - 1, FrameSampling.LinspaceWithLast(total, count)[^1]);
            }
        }
    }

    [Fact]
    public void Rules_OfImpossibleNumbers_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => FrameSampling.Even(3, 4));
        Assert.Throws<ArgumentException>(() => FrameSampling.Even(3, 0));
        Assert.Throws<ArgumentException>(() => FrameSampling.Qwen2(10, 30, double.NaN, 4, 8, 2));
        Assert.Throws<ArgumentException>(() => FrameSampling.EveryNth(10, 0, 1, 0, force: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameSampling.Linspace(0, 4));
    }

    [Fact]
    public void SelectFrames_WithoutRequest_FollowsTheFile()
    {
        var all = Parse("""{"video_processor_type": "Qwen2VLVideoProcessor"}""");
        Assert.Equal(Enumerable.Range(0, 30), all.SelectFrames(30, null));
        var qwen3 = Parse("""{"video_processor_type": "Qwen3VLVideoProcessor"}""");
        Assert.Equal(6, qwen3.SelectFrames(90, 30).Count);
        Assert.Equal(7, qwen3.SelectFrames(90, null).Count);
        Assert.Equal(12, qwen3.SelectFrames(90, 30, new FrameRequest { Count = 12 }).Count);
        var counted = Parse("""{"video_processor_type": "VideoLlavaVideoProcessor", "do_sample_frames": true, "num_frames": 8}""");
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14], counted.SelectFrames(16, null));
        Assert.Throws<ArgumentException>(() => counted.SelectFrames(16, null, new FrameRequest { FramesPerSecond = 1 }));
    }

    [Theory]
    [InlineData(0.25, "<0.2 seconds>")]
    [InlineData(0.75, "<0.8 seconds>")]
    [InlineData(0.35, "<0.3 seconds>")]
    [InlineData(12345.25, "<12345.2 seconds>")]
    public void Text_OfATime_RoundsTheExactValueHalfToEven(double seconds, string expected) => Assert.Equal(expected, FrameTimestamps.Text(seconds));

    private static VideoProcessor Parse(string json)
    {
        using var config = JsonDocument.Parse(json);
        return VideoProcessor.Parse(config.RootElement);
    }

    private static void Check(int total, int count, int[] indices)
    {
        Assert.InRange(indices.Length, count, count + 1);
        Assert.InRange(indices[0], 0, total - 1);
        Assert.InRange(indices[^1], 0, total - 1);
        Assert.Equal(indices.Order(), indices);
    }
}
