using System.Text.Json;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Cases of the Qwen and InternVL models: prompt and messages stand at the top of the case, a video as its frames.</summary>
internal static class QwenInternVlSuite
{
    private static readonly string[] KnownOptions =
        ["max_new_tokens", "do_sample", "repetition_penalty", "fps", "num_frames", "frame_rate", "frames_indices", "do_sample_frames", "config_overrides"];

    public static void Run(GoldenCase golden, MultimodalModel model, Compute compute)
    {
        CheckOptions(golden);
        if (golden.Root.TryGetProperty("prompts", out var prompts))
        {
            RunBatch(golden, prompts, model, compute);
            return;
        }

        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var original = golden.Root.TryGetProperty("question", out _) ? new OriginalInternVlCase(golden) : null;
        string prompt = original?.CheckedPrompt(model) ?? golden.Root.GetProperty("prompt").GetString() ?? "";
        var request = Request(golden, prompt, Images(golden)) with { Videos = Videos(golden), Sequence = sequence };
        var observer = new RecordingObserver(model, compute);
        var result = new Generator(model, compute, observer).Generate(request);
        // The original InternVL's chat function cuts blanks off its answers; the engine passes text on as it comes.
        Compare.Text("text", golden.Root.GetProperty("text").GetString() ?? "", original is null ? result.Text : result.Text.Trim());
        new QwenInternVlExpectations(golden, model, compute, observer, request, result, sequence).CheckAll();
        if (original is null)
        {
            ModelSuite.CheckPrompt(golden.Root.GetProperty("prompt"), golden.Root.GetProperty("messages"), model);
        }
    }

    private static void RunBatch(GoldenCase golden, JsonElement prompts, MultimodalModel model, Compute compute)
    {
        var images = new Queue<Image>(Images(golden));
        var sequences = new List<Sequence>();
        var requests = new List<GenerationRequest>();
        foreach (var (index, prompt) in prompts.EnumerateArray().Index())
        {
            int count = golden.Root.GetProperty("images_per_prompt")[index].GetInt32();
            sequences.Add(new Sequence(model.LanguageModel.NewCache()));
            requests.Add(Request(golden, prompt.GetString() ?? "", [.. Enumerable.Range(0, count).Select(_ => images.Dequeue())]) with { Sequence = sequences[index] });
        }

        var observer = new RecordingObserver(model, compute);
        var results = new Generator(model, compute, observer).Generate(requests);
        for (int i = 0; i < results.Count; i++)
        {
            golden.Check(golden.Input($"input_ids.{i}"), $"input_ids.{i}", [.. sequences[i].Tokens.Take(results[i].Report.PromptTokens)]);
            Compare.Text($"texts[{i}]", golden.Root.GetProperty("texts")[i].GetString() ?? "", results[i].Text);
        }

        foreach (var expected in golden.Expected)
        {
            int dot = expected.Name.LastIndexOf('.');
            if (expected.Name == "pixel_levels")
            {
                golden.CheckLevels(expected.Name, QwenInternVlExpectations.Levels(golden, model, [.. requests.SelectMany(request => request.Images).Select(VisualItem.Of)]));
                continue;
            }

            int index = int.Parse(expected.Name.AsSpan(dot + 1), System.Globalization.CultureInfo.InvariantCulture);
            switch (expected.Name[..dot])
            {
                case "position_ids":
                    golden.Check(expected.Name, QwenPositionCase.ByAxis(QwenInternVlExpectations.Positions(model, results[index], sequences[index])));
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
                "do_sample" => option.Value.ValueKind == JsonValueKind.False,
                "repetition_penalty" => option.Value.GetDouble() == 1,
                _ => true,
            };
            if (!known)
            {
                throw new GoldenMismatchException($"the option {option.Name}: {option.Value.GetRawText()} is not understood");
            }
        }
    }

    private static GenerationRequest Request(GoldenCase golden, string prompt, IReadOnlyList<Image> images) => new()
    {
        Prompt = prompt,
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
        IReadOnlyList<int>? sampled = Sampled(golden, frames.Count, rate);
        IReadOnlyList<int>? indices = sampled
            ?? (golden.Options.TryGetProperty("frames_indices", out var given) ? [.. given.EnumerateArray().Select(index => index.GetInt32())] : null);
        double[] times = rate is { } perSecond && indices is not null ? [.. indices.Select(index => index / perSecond)] : [];
        var chosen = sampled is null ? frames : [.. sampled.Select(index => frames[index])];
        return [new VisualItem(chosen, true, Number(golden, "fps") ?? (sampled is null ? rate : null)) { FrameTimes = times }];
    }

    /// <summary>The frames that the checkpoint's processor takes where the case has it choose: by what the case asks for, else by its own file.</summary>
    private static IReadOnlyList<int>? Sampled(GoldenCase golden, int total, double? rate)
    {
        if (!golden.Options.TryGetProperty("do_sample_frames", out var samples) || !samples.GetBoolean())
        {
            return null;
        }

        string folder = QwenInternVlExpectations.Checkpoint(golden);
        var file = CheckpointFolder.Open(folder).Read("video_preprocessor_config.json");
        double Asked(string key) => Number(golden, key)
            ?? (file is { } config && config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0);
        var request = new FrameRequest { Count = (int)Asked("num_frames"), FramesPerSecond = Number(golden, "num_frames") is null ? Asked("fps") : 0 };
        return VideoProcessor.Load(folder, ProcessorVariant.Slow).SelectFrames(total, rate, request.Count > 0 || request.FramesPerSecond > 0 ? request : null);
    }

    private static double? Number(GoldenCase golden, string option) => golden.Options.TryGetProperty(option, out var value) ? value.GetDouble() : null;

    private static List<Image> Pictures(GoldenCase golden, string name) => golden.Root.TryGetProperty(name, out var files)
        ? [.. files.EnumerateArray().Select(file => Image.Load(Path.Combine(Path.GetDirectoryName(golden.Path) ?? "", file.GetString() ?? "")))]
        : [];
}
