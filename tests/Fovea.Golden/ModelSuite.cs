using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Golden;

/// <summary><c>model/CHECKPOINT/CASE.json</c>: a forward pass without reduction, step by step.</summary>
public static class ModelSuite
{
    private static readonly string[] KnownOptions = ["max_new_tokens", "do_sample", "eos_token_id", "config_overrides"];

    /// <summary>All cases below <paramref name="root"/>.</summary>
    public static IEnumerable<GoldenTest> Cases(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "model"), "*.json", SearchOption.AllDirectories)
            .Select(path => new GoldenTest(Path.GetRelativePath(root, path), () => Run(root, path)));

    /// <summary>Loads the checkpoint of a case.</summary>
    /// <exception cref="NotBuiltException">Its family is not in the catalogue.</exception>
    internal static MultimodalModel Load(string root, string checkpoint, JsonElement options, Compute compute)
    {
        var overrides = options.TryGetProperty("config_overrides", out var keys) ? JsonNode.Parse(keys.GetRawText()) as JsonObject : null;
        return Load(root, checkpoint, overrides, compute);
    }

    /// <summary>Loads the checkpoint of a case.</summary>
    /// <exception cref="NotBuiltException">Its family is not in the catalogue.</exception>
    internal static MultimodalModel Load(string root, string checkpoint, JsonObject? overrides, Compute compute)
    {
        string folder = Path.Combine(root, "checkpoints", checkpoint);
        if (!Directory.Exists(folder))
        {
            throw new NotBuiltException($"the checkpoint {checkpoint}");
        }

        // The reference values were made with the processors that resize as Pillow does, and all numbers but the weights in 32 bits.
        var opened = CheckpointFolder.Open(folder, new LoadOptions { Overrides = overrides, Processing = ProcessorVariant.Slow, Cache = KvCacheType.F32 });
        ModelFamily family;
        try
        {
            family = KnownModels.Find(opened);
        }
        catch (NotSupportedException unknown)
        {
            throw new NotBuiltException(unknown.Message);
        }

        return family.Load(opened, compute, null, CancellationToken.None);
    }

    private static void Run(string root, string path)
    {
        using var golden = new GoldenCase(path);
        if (golden.Root.GetProperty("kind").GetString() == "positions")
        {
            QwenPositionCase.Run(golden);
            return;
        }

        if (!golden.Root.TryGetProperty("checkpoint", out var checkpoint))
        {
            throw new NotBuiltException("a case without a checkpoint");
        }

        using var compute = new Compute();
        if (QueccModelCase.Fits(golden))
        {
            QueccModelCase.Run(golden, root, compute);
            return;
        }

        using var model = Load(root, checkpoint.GetString() ?? "", golden.Options, compute);
        if (model is Models.Qwen.QwenVlModel or Models.InternVl.InternVlModel)
        {
            QwenInternVlSuite.Run(golden, model, compute);
            return;
        }

        foreach (var option in golden.Options.EnumerateObject().Where(option => !KnownOptions.Contains(option.Name)))
        {
            throw new GoldenMismatchException($"the option {option.Name} is not understood");
        }

        if (golden.Root.GetProperty("inputs").TryGetProperty("batch", out var batch))
        {
            RunBatch(golden, batch, path, model, compute);
            return;
        }

        var observer = new RecordingObserver(model, compute);
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var request = Request(golden, path) with { Sequence = sequence };
        var result = new Generator(model, compute, observer).Generate(request);
        new ModelExpectations(golden, model, compute, observer, request, result, sequence).CheckAll();
        CheckMessages(golden, model);
    }

    private static void RunBatch(GoldenCase golden, JsonElement batch, string path, MultimodalModel model, Compute compute)
    {
        var requests = new List<GenerationRequest>();
        foreach (var name in batch.EnumerateArray())
        {
            string member = Path.Combine(Path.GetDirectoryName(path) ?? "", name.GetString() + ".json");
            using var single = new GoldenCase(member);
            requests.Add(Request(single, member) with { MaxNewTokens = MaxNewTokens(golden) });
        }

        var observer = new RecordingObserver(model, compute);
        var results = new Generator(model, compute, observer).Generate(requests);
        foreach (var expected in golden.Expected)
        {
            if (expected.Name == "attention_mask_sums")
            {
                golden.Check(expected.Name, [.. results.Select(result => result.Report.PromptTokens)]);
                continue;
            }

            int index = int.Parse(expected.Name.AsSpan(1, expected.Name.IndexOf('.') - 1), System.Globalization.CultureInfo.InvariantCulture);
            switch (expected.Name[(expected.Name.IndexOf('.') + 1)..])
            {
                case "generated":
                    golden.Check(expected.Name, [.. results[index].Tokens]);
                    break;
                case "logits":
                    golden.Check(expected.Name, observer.FirstLogits[index]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    private static GenerationRequest Request(GoldenCase golden, string path)
    {
        var inputs = golden.Root.GetProperty("inputs");
        string folder = Path.GetDirectoryName(path) ?? "";
        var ends = golden.Options.TryGetProperty("eos_token_id", out var eos)
            ? eos.ValueKind == JsonValueKind.Array ? eos.EnumerateArray().Select(id => id.GetInt32()).ToList() : [eos.GetInt32()]
            : null;
        return new GenerationRequest
        {
            Prompt = inputs.GetProperty("prompt").GetString() ?? "",
            Images = [.. inputs.GetProperty("images").EnumerateArray().Select(image => Image.Load(Path.Combine(folder, image.GetString() ?? "")))],
            Videos = [.. inputs.GetProperty("videos").EnumerateArray().Select(video => new VisualItem(
                [.. video.EnumerateArray().Select(frame => Image.Load(Path.Combine(folder, frame.GetString() ?? "")))], true))],
            MaxNewTokens = MaxNewTokens(golden),
            EndTokens = ends,
        };
    }

    private static int MaxNewTokens(GoldenCase golden) => golden.Options.GetProperty("max_new_tokens").GetInt32();

    private static void CheckMessages(GoldenCase golden, MultimodalModel model)
    {
        var inputs = golden.Root.GetProperty("inputs");
        if (inputs.TryGetProperty("messages", out var messages))
        {
            CheckPrompt(inputs.GetProperty("prompt"), messages, model);
        }
    }

    /// <summary>Compares a prompt with what the checkpoint's template makes of the messages.</summary>
    internal static void CheckPrompt(JsonElement prompt, JsonElement messages, MultimodalModel model)
    {
        var conversation = messages.EnumerateArray().Select(message => new ChatMessage(
            message.GetProperty("role").GetString() ?? "", Parts(message.GetProperty("content")))).ToList();
        Compare.Text("prompt", prompt.GetString() ?? "", model.Prompt(conversation));
    }

    private static MessagePart[] Parts(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? [new TextPart(content.GetString() ?? "")] : [.. content.EnumerateArray().Select(Part)];

    private static MessagePart Part(JsonElement part) => part.GetProperty("type").GetString() switch
    {
        "text" => new TextPart(part.GetProperty("text").GetString() ?? ""),
        "image" => new ImagePart(),
        "video" => new VideoPart(),
        _ => throw new NotBuiltException($"message part {part.GetProperty("type")}"),
    };
}
