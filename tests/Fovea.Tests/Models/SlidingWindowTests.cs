using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Models;

[Trait("kind", "property")]
public sealed class SlidingWindowTests
{
    private static readonly int[] Ids = [1, 17, 230, 42, 99, 301, 5, 77, 120, 64, 8, 250, 31, 90];

    public static TheoryData<string> Folders => new(TinyModels.Folders);

    /// <summary>A window of W in each of L layers lets a token see L(W − 1) others: the rest may as well not be there.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Run_WithWindowsInAllLayers_SeesNothingBeforeThem(string folder)
    {
        const int Window = 2;
        using var compute = new Compute();
        using var model = Load(folder, compute, text =>
        {
            text["use_sliding_window"] = true;
            text["sliding_window"] = Window;
            text["max_window_layers"] = 0;
        });
        var language = model.LanguageModel;
        bool has = language.Config.Windows.All(window => window == Window);
        Assert.True(has || language.Config.Windows.All(window => window == 0));
        int[] ids = Array.ConvertAll(Ids, id => id % language.Config.VocabSize);
        int seen = (language.Config.NumHiddenLayers * (Window - 1)) + 1;
        float[] whole = LastLogits(language, compute, ids, 0), end = LastLogits(language, compute, ids[^seen..], ids.Length - seen);
        float[] less = LastLogits(language, compute, ids[^(seen - 1)..], ids.Length - seen + 1);
        Assert.Equal(has, Same(whole, end));
        Assert.False(Same(whole, less));
    }

    [Theory]
    [InlineData("internvl3-tiny", """{"use_sliding_window": true, "sliding_window": 8, "max_window_layers": 3}""", new[] { 0, 0, 0, 8 })]
    [InlineData("internvl3-tiny", """{"sliding_window": 8, "max_window_layers": 3}""", new[] { 0, 0, 0, 0 })]
    [InlineData("internvl3-tiny", """{"use_sliding_window": true, "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"]}""", new[] { 8, 0, 8, 0 })]
    [InlineData("qwen25-vl-tiny", """{"use_sliding_window": true, "sliding_window": 8, "max_window_layers": 2}""", new[] { 0, 0, 8, 8 })]
    [InlineData("llava-next-mistral-tiny", """{"sliding_window": 8}""", new[] { 8, 8, 8, 8 })]
    [InlineData("llava-next-mistral-tiny", """{"sliding_window": null}""", new[] { 0, 0, 0, 0 })]
    [InlineData("internvl25-orig-tiny", """{"use_sliding_window": true, "sliding_window": 8}""", new[] { 0, 0, 0, 0 })]
    public void Read_OfWindows_FollowsTheFamily(string checkpoint, string keys, int[] windows)
    {
        using var compute = new Compute();
        using var model = Load("tests/golden/checkpoints/" + checkpoint, compute, text => Change(text, keys));
        Assert.Equal(windows, model.LanguageModel.Config.Windows.Take(windows.Length));
    }

    [Theory]
    [InlineData("""{"layer_types": ["full_attention"]}""")]
    [InlineData("""{"layer_types": ["full_attention", "full_attention", "full_attention", 3]}""")]
    [InlineData("""{"layer_types": ["full_attention", "full_attention", "full_attention", "chunked_attention"]}""")]
    public void Read_OfUnknownKindsOfLayers_NamesTheKey(string keys)
    {
        using var compute = new Compute();
        var error = Assert.Throws<InvalidDataException>(() => Load("tests/golden/checkpoints/internvl3-tiny", compute, text => Change(text, keys)).Dispose());
        Assert.Contains("layer_types", error.Message, StringComparison.Ordinal);
    }

    private static MultimodalModel Load(string folder, Compute compute, Action<JsonObject> change) =>
        KnownModels.Load(Repository.Path(folder), compute, TextKeys.Overrides(folder, change));

    private static void Change(JsonObject text, string keys)
    {
        foreach (var (key, value) in JsonNode.Parse(keys)!.AsObject())
        {
            text[key] = value?.DeepClone();
        }
    }

    private static bool Same(float[] a, float[] b) => a.Zip(b).All(pair => Math.Abs(pair.First - pair.Second) < 1e-4);

    private static float[] LastLogits(LanguageModel model, Compute compute, int[] ids, int start)
    {
        var bottom = compute.Arena.Top;
        using var sequence = new Sequence(model.NewCache());
        var run = new TokenRun();
        run.Set([.. Enumerable.Range(start, ids.Length).Select(TokenPosition.At)], [.. Enumerable.Repeat(-1, ids.Length)], []);
        var hidden = compute.Rent(ids.Length, model.Config.HiddenSize);
        model.Embedding.Gather(compute, ids, hidden);
        float[] logits = new DecoderPass(model, compute, null)
            .Run(hidden, [new PassItem(sequence, run, null, new RunReport())], CancellationToken.None).AsSpan<float>().ToArray();
        compute.Arena.Release(bottom);
        return logits;
    }
}
