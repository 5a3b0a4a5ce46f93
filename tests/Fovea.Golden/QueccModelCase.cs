using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Golden;

/// <summary><c>model/quecc-*</c>: a prompt with its pictures, every step on the way, and the greedy answer.</summary>
internal static class QueccModelCase
{
    private static readonly string[] KnownOptions = ["image_aspect_ratio", "max_new_tokens", "do_sample", "template", "output_tokens_per_image"];

    /// <summary>Whether the case has this form.</summary>
    public static bool Fits(GoldenCase golden) => golden.Options.TryGetProperty("output_tokens_per_image", out _);

    public static void Run(GoldenCase golden, string root, Compute compute)
    {
        if (golden.Options.EnumerateObject().FirstOrDefault(option => !KnownOptions.Contains(option.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw new GoldenMismatchException($"the option {unknown.Name} is not understood");
        }

        var overrides = new JsonObject { ["image_aspect_ratio"] = golden.Options.GetProperty("image_aspect_ratio").GetString() };
        using var model = ModelSuite.Load(root, golden.Root.GetProperty("checkpoint").GetString() ?? "", overrides, compute);
        string prompt = golden.Root.GetProperty("prompt").GetString() ?? "";
        CheckPrompt(golden, model, prompt);
        golden.Check(golden.Input("input_ids"), "input_ids", model.Encode(prompt));
        var observer = new RecordingObserver(model, compute);
        var request = new GenerationRequest { Prompt = prompt, Images = Images(golden), MaxNewTokens = golden.Options.GetProperty("max_new_tokens").GetInt32() };
        var result = new Generator(model, compute, observer).Generate(request);
        Compare.Exact("output_tokens_per_image", golden.Options.GetProperty("output_tokens_per_image").GetInt32() * request.Images.Count, result.Report.VisualTokens);
        Compare.Text("answer", golden.Root.GetProperty("answer").GetString() ?? "", result.Text.Trim());
        CheckQuery(golden, model, observer);
        foreach (var expected in golden.Expected)
        {
            Check(golden, expected.Name, model, observer, request, result);
        }
    }

    private static void Check(GoldenCase golden, string name, MultimodalModel model, RecordingObserver seen, GenerationRequest request, GenerationResult result)
    {
        switch (name)
        {
            case "query_ids":
                golden.Check(name, [.. request.Images.SelectMany(_ => seen.Question)]);
                break;
            case "pixel_values":
                using (var input = model.Prepare([.. request.Images.Select(VisualItem.Of)]))
                {
                    golden.Check(name, input.Pixels.AsSpan<float>());
                }

                break;
            case "text":
                golden.Check(name, [.. request.Images.SelectMany(_ => seen.TextFeature.Row<float>(0).ToArray())]);
                break;
            case "quecc":
                golden.Check(name, seen.Features.AsSpan<float>());
                break;
            case "projected":
                golden.Check(name, seen.VisualTokens.AsSpan<float>());
                break;
            case "inputs_embeds":
                golden.Check(name, seen.Decoder[-1].AsSpan<float>());
                break;
            case "logits_last":
                golden.Check(name, seen.Logits[0]);
                break;
            case "step_logits":
                golden.Check(name, [.. seen.Logits.Take(golden.Output(name).Rows).SelectMany(logits => logits)]);
                break;
            case "tokens":
                golden.Check(name, [.. result.Tokens]);
                break;
            default:
                CheckStates(golden, name, model, seen);
                break;
        }
    }

    private static void CheckStates(GoldenCase golden, string name, MultimodalModel model, RecordingObserver seen)
    {
        const string Vision = "vision_hidden_", Hidden = "hidden_";
        if (name.StartsWith(Vision, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Vision.Length), out int state))
        {
            golden.Check(name, WithoutClassTokens(seen.Encoder[state - 1], model.Vision.TokensPerTile));
        }
        else if (name.StartsWith(Hidden, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Hidden.Length), out int layer))
        {
            golden.Check(name, (layer == model.LanguageModel.Layers.Count ? seen.Final : seen.Decoder[layer - 1]).AsSpan<float>());
        }
        else
        {
            throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private static float[] WithoutClassTokens(Tensor states, int perTile) =>
        [.. Enumerable.Range(0, states.Rows).Where(row => row % perTile > 0).SelectMany(row => states.Row<float>(row).ToArray())];

    private static void CheckPrompt(GoldenCase golden, MultimodalModel model, string prompt)
    {
        if (golden.Root.TryGetProperty("turns", out var turns))
        {
            string template = golden.Options.GetProperty("template").GetString() ?? "";
            var format = BuiltInPromptFormats.Find(template) ?? throw new NotBuiltException($"the template {template}");
            ChatMessage[] messages = [.. turns.EnumerateArray().Select((turn, i) => new ChatMessage(i % 2 == 0 ? "user" : "assistant", [new TextPart(turn.GetString() ?? "")]))];
            Compare.Text("prompt", prompt, format.Render(messages, addGenerationPrompt: true));
            Compare.Text("the model's own prompt", format.Name == "vicuna_v1" ? prompt : model.Prompt(messages), model.Prompt(messages));
        }
    }

    private static void CheckQuery(GoldenCase golden, MultimodalModel model, RecordingObserver seen)
    {
        if (golden.Root.TryGetProperty("query", out var queries))
        {
            foreach (var query in queries.EnumerateArray())
            {
                Compare.Text("query", query.GetString() ?? "", model.Tokenizer.Decode([.. seen.Question]));
            }
        }
    }

    private static List<Image> Images(GoldenCase golden) => !golden.Root.TryGetProperty("images", out var images)
        ? []
        : [.. images.EnumerateArray().Select(image => Image.Load(Path.Combine(Path.GetDirectoryName(golden.Path) ?? "", image.GetString() ?? "")))];
}
