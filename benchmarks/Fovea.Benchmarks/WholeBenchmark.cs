using System.Globalization;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Benchmarks;

/// <summary>A whole encoder, or prefill and decode of a whole language model, in this process; prints one JSON object as the peers' scripts do.</summary>
internal static class WholeBenchmark
{
    private const int Rounds = 3, NewTokens = 33, Sequences = 8;

    /// <summary>Times a model.</summary>
    /// <param name="name">One of <see cref="WholeModel.All"/>.</param>
    /// <param name="tokens">Tokens of the prompt; an encoder has its own number.</param>
    /// <param name="format">How its weights are kept.</param>
    public static async Task RunAsync(string name, int tokens, WeightFormat format)
    {
        var shape = WholeModel.Find(name);
        using var model = await LoadAsync(shape, format);
        model.FeatureCache.Capacity = 0;
        Console.WriteLine(shape.IsEncoder ? await EncodeAsync(model, shape) : await AnswerAsync(model, shape, tokens));
    }

    /// <summary>Loads a model and makes one token: what a user waits for at the start of a program.</summary>
    /// <param name="name">One of <see cref="WholeModel.All"/>.</param>
    /// <param name="format">How its weights are kept.</param>
    /// <param name="packedCache">The folder of packed weights, or none.</param>
    public static async Task StartAsync(string name, WeightFormat format, string? packedCache)
    {
        using var model = await LoadAsync(WholeModel.Find(name), format, packedCache);
        await model.GenerateAsync([new GenerationRequest { Prompt = Prompt(model, 16), MaxNewTokens = 1, EndTokens = [] }]);
    }

    private static Task<VisionLanguageModel> LoadAsync(WholeModel shape, WeightFormat format, string? packedCache = null) =>
        VisionLanguageModel.LoadAsync(shape.Folder(), new LoadOptions { Weights = new WeightPolicy { Format = format }, PackedCache = packedCache });

    private static async Task<string> EncodeAsync(VisionLanguageModel model, WholeModel shape)
    {
        var request = new GenerationRequest { Prompt = model.Model.Prompt([Text.ChatMessage.User("What is it?", 1)]), Images = [Noise(shape.Encoder.Side)], MaxNewTokens = 1, EndTokens = [] };
        double milliseconds = SideBySide.Median(await ReportsAsync(model, [request]), report => report.Encoding.TotalMilliseconds);
        return string.Create(CultureInfo.InvariantCulture, $$"""{"model": "{{shape.Name}}", "ms": {{milliseconds:F1}}}""");
    }

    private static async Task<string> AnswerAsync(VisionLanguageModel model, WholeModel shape, int tokens)
    {
        var request = new GenerationRequest { Prompt = Prompt(model, tokens), MaxNewTokens = NewTokens, EndTokens = [] };
        var alone = await ReportsAsync(model, [request]);
        var together = await ReportsAsync(model, [.. Enumerable.Repeat(request with { Prompt = Prompt(model, tokens / Sequences) }, Sequences)]);
        double decode = SideBySide.Median(alone, report => report.Decode.TotalMilliseconds / report.DecodeSteps);
        double step = SideBySide.Median(together, report => report.Decode.TotalMilliseconds / report.DecodeSteps);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"model": "{{shape.Name}}", "tokens": {{tokens}}, "prefill_ms": {{SideBySide.Median(alone, report => report.Prefill.TotalMilliseconds):F1}}, "decode_ms_per_token": {{decode:F2}}, "decode_step_of_8_ms": {{step:F2}}, "weight_mib": {{model.Model.LanguageModel.Bytes / 1048576.0:F0}}}""");
    }

    /// <summary>The first request's report of each round, the first round left out.</summary>
    private static async Task<List<RunReport>> ReportsAsync(VisionLanguageModel model, IReadOnlyList<GenerationRequest> requests)
    {
        var reports = new List<RunReport>();
        for (int round = 0; round <= Rounds; round++)
        {
            reports.Add((await model.GenerateAsync(requests))[0].Report);
        }

        return reports[1..];
    }

    /// <summary>A text of so many tokens.</summary>
    private static string Prompt(VisionLanguageModel model, int tokens)
    {
        string text = "red";
        while (model.Model.Encode(text).Length < tokens)
        {
            text += string.Concat(Enumerable.Repeat(" red", Math.Max(1, tokens - model.Model.Encode(text).Length)));
        }

        int length = model.Model.Encode(text).Length;
        return length == tokens ? text : throw new InvalidOperationException($"The prompt has {length} tokens, not {tokens}.");
    }

    private static Image Noise(int side)
    {
        var random = new SplitMix64(7);
        var rgb = new byte[side * side * 3];
        foreach (ref byte value in rgb.AsSpan())
        {
            value = (byte)random.Next();
        }

        return new Image(side, side, rgb);
    }
}
