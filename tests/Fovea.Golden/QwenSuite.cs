using System.Text.Json;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Qwen;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Cases of the Qwen models: prompt and messages stand at the top of the case, a video as its frames.</summary>
internal static class QwenSuite
{
    private static readonly string[] KnownOptions = ["max_new_tokens", "do_sample", "repetition_penalty", "fps", "frame_rate", "frames_indices", "do_sample_frames", "config_overrides"];

    public static void Run(GoldenCase golden, QwenVlModel model, Compute compute)
    {
        CheckOptions(golden);
        if (golden.Root.TryGetProperty("prompts", out var prompts))
        {
            RunBatch(golden, prompts, model, compute);
            return;
        }

        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var request = Request(golden, golden.Root.GetProperty("prompt"), Images(golden)) with { Videos = Videos(golden), Sequence = sequence };
        var observer = new RecordingObserver(model, compute);
        var result = new Generator(model, compute, observer).Generate(request);
        Compare.Text("text", golden.Root.GetProperty("text").GetString() ?? "", result.Text);
        new QwenExpectations(golden, model, compute, observer, request, result, sequence).CheckAll();
        ModelSuite.CheckPrompt(golden.Root.GetProperty("prompt"), golden.Root.GetProperty("messages"), model);
    }

    private static void RunBatch(GoldenCase golden, JsonElement prompts, QwenVlModel model, Compute compute)
    {
        var images = new Queue<Image>(Images(golden));
        var sequences = new List<Sequence>();
        var requests = new List<GenerationRequest>();
        foreach (var (index, prompt) in prompts.EnumerateArray().Index())
        {
            int count = golden.Root.GetProperty("images_per_prompt")[index].GetInt32();
            sequences.Add(new Sequence(model.LanguageModel.NewCache()));
            requests.Add(Request(golden, prompt, [.. Enumerable.Range(0, count).Select(_ => images.Dequeue())]) with { Sequence = sequences[index] });
        }

        var observer = new RecordingObserver(model, compute);
        var results = new Generator(model, compute, observer).Generate(requests);
        for (int i = 0; i < results.Count; i++)
        {
            Compare.Text($"texts[{i}]", golden.Root.GetProperty("texts")[i].GetString() ?? "", results[i].Text);
        }

        foreach (var expected in golden.Expected)
        {
            int dot = expected.Name.LastIndexOf('.');
            if (expected.Name == "pixel_levels")
            {
                golden.CheckLevels(expected.Name, QwenExpectations.Levels(golden, model, [.. requests.SelectMany(request => request.Images).Select(VisualItem.Of)]));
                continue;
            }

            int index = int.Parse(expected.Name.AsSpan(dot + 1), System.Globalization.CultureInfo.InvariantCulture);
            switch (expected.Name[..dot])
            {
                case "position_ids":
                    golden.Check(expected.Name, QwenPositionCase.ByAxis(QwenExpectations.Positions(model, results[index], sequences[index])));
                    break;
                case "rope_delta":
                    golden.Check(expected.Name, [sequences[index].NextPosition - sequences[index].Tokens.Count]);
                    break;
                case "logits_last":
                    golden.Check(expected.Name, observer.FirstLogits[index]);
                    break;
                case "greedy_tokens":
                    golden.Check(expected.Name, [.. results[index].Tokens]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }

        sequences.ForEach(sequence => sequence.Dispose());
        foreach (var (index, prompt) in prompts.EnumerateArray().Index())
        {
            ModelSuite.CheckPrompt(prompt, golden.Root.GetProperty("messages")[index], model);
        }
    }

    private static void CheckOptions(GoldenCase golden)
    {
        foreach (var option in golden.Options.EnumerateObject())
        {
            bool known = KnownOptions.Contains(option.Name) && option.Name switch
            {
                "do_sample" or "do_sample_frames" => option.Value.ValueKind == JsonValueKind.False,
                "repetition_penalty" => option.Value.GetDouble() == 1,
                _ => true,
            };
            if (!known)
            {
                throw new GoldenMismatchException($"the option {option.Name}: {option.Value.GetRawText()} is not understood");
            }
        }
    }

    private static GenerationRequest Request(GoldenCase golden, JsonElement prompt, IReadOnlyList<Image> images) => new()
    {
        Prompt = prompt.GetString() ?? "",
        Images = images,
        MaxNewTokens = golden.Options.GetProperty("max_new_tokens").GetInt32(),
    };

    private static List<Image> Images(GoldenCase golden) => Pictures(golden, "images");

    private static List<VisualItem> Videos(GoldenCase golden)
    {
        var frames = Pictures(golden, "frames");
        if (frames.Count == 0)
        {
            return [];
        }

        double? rate = Number(golden, "frame_rate");
        double[] times = rate is { } perSecond && golden.Options.TryGetProperty("frames_indices", out var indices)
            ? [.. indices.EnumerateArray().Select(index => index.GetInt32() / perSecond)]
            : [];
        return [new VisualItem(frames, true, Number(golden, "fps") ?? rate) { FrameTimes = times }];
    }

    private static double? Number(GoldenCase golden, string option) => golden.Options.TryGetProperty(option, out var value) ? value.GetDouble() : null;

    private static List<Image> Pictures(GoldenCase golden, string name) => golden.Root.TryGetProperty(name, out var files)
        ? [.. files.EnumerateArray().Select(file => Image.Load(Path.Combine(Path.GetDirectoryName(golden.Path) ?? "", file.GetString() ?? "")))]
        : [];
}
