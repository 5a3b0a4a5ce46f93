using System.Text.Json;
using Fovea.Imaging;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Imaging;

[Trait("kind", "property")]
public sealed class ImageProcessorTests
{
    public static TheoryData<string> Checkpoints => new(
        Directory.EnumerateFiles(Repository.Path("tests/golden/checkpoints"), "config.json", SearchOption.AllDirectories)
            .Select(path => Path.GetDirectoryName(path) ?? "")
            .Where(folder => Directory.EnumerateFiles(folder, "preprocessor_config.json", SearchOption.AllDirectories).Any())
            .Append(Repository.Path("models/foveola/model"))
            .Select(folder => Path.GetRelativePath(Repository.Root, folder))
            .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Load_OfEveryCheckpoint_ProcessesAPicture(string folder)
    {
        using var processed = ImageProcessor.Load(Repository.Path(folder)).Process([Noise(50, 40, 1)]);
        var image = Assert.Single(processed.Images);
        Assert.Equal(processed.Pixels.Rows, image.TileCount);
        Assert.Equal(new ImageSize(40, 50), image.OriginalSize);
        int grid = image.TileRows * image.TileColumns;
        Assert.Equal(image.Grid?.Count ?? (grid + (image.HasBase ? 1 : 0) + (image.HasThumbnail ? 1 : 0)), image.TileCount);
        Assert.True(float.IsFinite(processed.Pixels.AsSpan<float>()[0]));
    }

    [Theory]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 24}, "crop_size": 24}""", 24, 24)]
    [InlineData("""{"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14, "min_pixels": 784}""", 56, 84)]
    public void Draw_OfAPictureThatNeedsNoChange_ReturnsItsSamples(string config, int height, int width)
    {
        var image = Noise(width, height, 3);
        var processor = Parse(config);
        using var processed = processor.Process([Noise(24, 24, 4), image]);
        Assert.Equal(image.Rgb, processor.Draw(processed, 1).Rgb);
        Assert.Throws<ArgumentOutOfRangeException>(() => processor.Draw(processed, 2));
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Draw_OfEveryCheckpoint_ShowsTilesAndTheWholePicture(string folder)
    {
        var processor = ImageProcessor.Load(Repository.Path(folder));
        using var processed = processor.Process([Noise(90, 40, 1)]);
        var view = processed.Images[0];
        var drawn = processor.Draw(processed, 0);
        int perTile = view.Grid is null ? processed.Pixels.Shape[2] * processed.Pixels.Shape[3] : processed.Pixels.Shape[1] / 6;
        int whole = view.Grid is null && (view.HasBase || view.HasThumbnail) ? view.TileColumns - 1 : 0;
        Assert.Equal((view.TileCount + whole) * perTile, drawn.Width * drawn.Height);
    }

    /// <summary>The table of defaults: class saved, model type, which variant transformers takes.</summary>
    [Theory]
    [InlineData("CLIPImageProcessor", "llava", ProcessorVariant.Slow)]
    [InlineData("CLIPImageProcessorFast", "llava", ProcessorVariant.Fast)]
    [InlineData("CLIPImageProcessorFast", "clip", ProcessorVariant.Slow)]
    [InlineData("SiglipImageProcessorFast", "siglip", ProcessorVariant.Slow)]
    [InlineData("LlavaNextImageProcessorFast", "llava_next", ProcessorVariant.Fast)]
    [InlineData("LlavaNextImageProcessorFast", "llava_next_video", ProcessorVariant.Slow)]
    [InlineData("LlavaOnevisionImageProcessor", "llava_onevision", ProcessorVariant.Slow)]
    [InlineData("Qwen2VLImageProcessor", "qwen2_vl", ProcessorVariant.Fast)]
    [InlineData("Qwen2VLImageProcessorFast", "qwen3_vl", ProcessorVariant.Fast)]
    [InlineData("GotOcr2ImageProcessorFast", "internvl", ProcessorVariant.Fast)]
    [InlineData(null, "llava_onevision", ProcessorVariant.Slow)]
    public void Parse_WithoutVariant_FollowsTheTable(string? type, string modelType, ProcessorVariant expected)
    {
        using var config = JsonDocument.Parse(type is null ? "{}" : $$"""{"image_processor_type": "{{type}}", "crop_size": 336}""");
        Assert.Equal(expected, ImageProcessor.Parse(config.RootElement, modelType).Variant);
        Assert.Equal(ProcessorVariant.Slow, ImageProcessor.Parse(config.RootElement, modelType, ProcessorVariant.Slow).Variant);
    }

    [Fact]
    public void Parse_OfFeatureExtractor_CountsAsTheProcessor() =>
        Assert.Equal(ProcessorVariant.Slow, Parse("""{"feature_extractor_type": "CLIPFeatureExtractor", "size": 30, "crop_size": 20}""").Variant);

    [Theory]
    [InlineData("""{}""", "image_processor_type")]
    [InlineData("""{"image_processor_type": "NobodysImageProcessor"}""", "NobodysImageProcessor")]
    [InlineData("""{"image_processor_type": 3}""", "image_processor_type")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "image_mean": [0.5, 0.5]}""", "image_mean")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "image_std": [0.5, 0, 0.5]}""", "image_std")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "size": "big"}""", "size")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "size": {"longest_edge": 5}}""", "size")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "size": -5}""", "size")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "crop_size": {"height": 3}}""", "crop_size")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "resample": 9}""", "resample")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessorFast", "resample": 4}""", "resample")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "rescale_factor": 0}""", "rescale_factor")]
    [InlineData("""{"image_processor_type": "CLIPImageProcessor", "do_resize": "yes"}""", "do_resize")]
    [InlineData("""{"image_processor_type": "LlavaNextImageProcessor", "image_grid_pinpoints": [[3]]}""", "image_grid_pinpoints")]
    [InlineData("""{"image_processor_type": "LlavaNextImageProcessor", "image_grid_pinpoints": [[300, 300]]}""", "image_grid_pinpoints")]
    [InlineData("""{"image_processor_type": "GotOcr2ImageProcessor", "crop_to_patches": true, "min_patches": 9, "max_patches": 3}""", "min_patches")]
    [InlineData("""{"image_processor_type": "GotOcr2ImageProcessor", "crop_to_patches": true, "max_patches": 1000000000}""", "max_patches")]
    [InlineData("""{"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 0}""", "patch_size")]
    public void Parse_OfImpossibleSettings_NamesTheKey(string json, string named) =>
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("LlavaOnevisionImageProcessor", "\"size\": {\"height\": 24, \"width\": 24}, \"image_grid_pinpoints\": [[24, 48], [48, 48]]")]
    [InlineData("Qwen2VLImageProcessor", "\"max_pixels\": 20000")]
    [InlineData("GotOcr2ImageProcessor", "\"crop_to_patches\": true, \"size\": {\"height\": 24, \"width\": 24}")]
    public void Process_WithWorkers_GivesTheSameNumbers(string type, string settings)
    {
        var processor = Parse($$"""{"image_processor_type": "{{type}}", {{settings}}}""");
        Image[] images = [Noise(61, 43, 1), Noise(48, 80, 2), Noise(120, 30, 3)];
        using var workers = new Workers(2);
        using var alone = processor.Process(images);
        using var shared = processor.Process(images, workers);
        Assert.True(alone.Pixels.AsSpan<float>().SequenceEqual(shared.Pixels.AsSpan<float>()));
        Assert.Equal(alone.Images, shared.Images);
    }

    [Fact]
    public void Process_OfOneVision_CutsOnePictureAndPadsSeveral()
    {
        var processor = Parse("""{"image_processor_type": "LlavaOnevisionImageProcessor", "size": {"height": 24, "width": 24}, "image_grid_pinpoints": [[24, 24], [48, 48]]}""");
        using var one = processor.Process([Noise(90, 80, 1)]);
        using var two = processor.Process([Noise(90, 80, 1), Noise(20, 30, 2)]);
        Assert.Equal([5], one.Images.Select(image => image.TileCount));
        Assert.True(one.Images[0] is { HasBase: true, TileRows: 2, TileColumns: 2 });
        Assert.Equal([1, 1], two.Images.Select(image => image.TileCount));
        Assert.Equal([0, 1], two.Images.Select(image => image.FirstTile));
    }

    [Fact]
    public void Process_OfNothingOrOfUnstackablePictures_IsRefused()
    {
        var processor = Parse("""{"image_processor_type": "CLIPImageProcessor", "size": 24, "do_center_crop": false}""");
        Assert.Throws<ArgumentException>(() => processor.Process([]));
        Assert.Throws<ArgumentException>(() => processor.Process([Noise(10, 20, 1), Noise(20, 10, 1)]));
    }

    [Fact]
    public void Process_OfAPixelWideStrip_IsRefusedOrProcessedButNeverUnbounded()
    {
        var strip = new Image(3_000_000, 1, new byte[9_000_000]);
        string[] settings =
        [
            "\"image_processor_type\": \"CLIPImageProcessor\"", "\"image_processor_type\": \"LlavaImageProcessor\", \"do_pad\": true",
            "\"image_processor_type\": \"Qwen2VLImageProcessor\"",
        ];
        Assert.All(settings, json => Assert.Throws<ArgumentException>(() => Parse($"{{{json}}}").Process([strip])));
    }

    [Fact]
    public void Load_OfOriginalLlava_ReadsRangesOfTiles()
    {
        string folder = Directory.CreateTempSubdirectory("fovea").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type": "llava_qwen", "mm_vision_tower": "tower", "image_aspect_ratio": "anyres_max_9", "image_grid_pinpoints": "(1x1),...,(3x2)"}""");
            File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), """{"image_processor_type": "SiglipImageProcessor", "size": {"height": 24, "width": 24}}""");
            using var wide = ImageProcessor.Load(folder).Process([Noise(90, 30, 1)]);
            Assert.True(wide.Images[0] is { TileRows: 1, TileColumns: 3, HasBase: true, TileCount: 4 });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Load_OfMissingOrBrokenFiles_NamesThem()
    {
        string folder = Directory.CreateTempSubdirectory("fovea").FullName;
        try
        {
            string file = Path.Combine(folder, "preprocessor_config.json");
            Assert.Contains(file, Assert.Throws<FileNotFoundException>(() => ImageProcessor.Load(folder)).Message, StringComparison.Ordinal);
            File.WriteAllText(file, "{ \"size\": ");
            Assert.Contains(file, Assert.Throws<InvalidDataException>(() => ImageProcessor.Load(folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ImageProcessor Parse(string json)
    {
        using var config = JsonDocument.Parse(json);
        return ImageProcessor.Parse(config.RootElement);
    }

    private static Image Noise(int width, int height, ulong seed)
    {
        var random = new SplitMix64(seed);
        return new Image(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.Next())]);
    }
}
