using System.Globalization;
using System.Text.Json;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Models.InternVl;
using Fovea.Models.Qwen;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Compares a recorded run of a Qwen or InternVL model with everything that a case expects.</summary>
internal sealed class QwenInternVlExpectations(
    GoldenCase golden, MultimodalModel model, Compute compute, RecordingObserver seen, GenerationRequest request, GenerationResult result, Sequence sequence)
{
    /// <summary>Checks all of them; the first that differs throws.</summary>
    public void CheckAll()
    {
        golden.Check(golden.Input("input_ids"), "input_ids", [.. sequence.Tokens.Take(result.Report.PromptTokens)]);
        new QwenInternVlDescription(golden, model, Items, result).CheckAll();
        foreach (var expected in golden.Expected)
        {
            if (!CheckPrompt(expected.Name) && !CheckVision(expected.Name) && !CheckDecoder(expected.Name))
            {
                throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    /// <summary>The folder of a case's checkpoint.</summary>
    public static string Checkpoint(GoldenCase golden) =>
        Path.Combine(Path.GetDirectoryName(golden.Path) ?? "", "..", "..", "checkpoints", golden.Root.GetProperty("checkpoint").GetString() ?? "");

    /// <summary>Positions of the prompt's tokens.</summary>
    public static TokenPosition[] Positions(MultimodalModel model, GenerationResult result, Sequence sequence) =>
        model.Positions(sequence.Tokens.Take(result.Report.PromptTokens).ToArray(), result.Report.Geometry, 0);

    /// <summary>The pixels of some items as levels from 0 to 255.</summary>
    public static int[] Levels(GoldenCase golden, MultimodalModel model, IReadOnlyList<VisualItem> items)
    {
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Checkpoint(golden), "preprocessor_config.json")));
        double[] Numbers(string key) => [.. config.RootElement.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];
        double[] mean = Numbers("image_mean"), deviation = Numbers("image_std");
        using var input = model.Prepare(items);
        int perChannel = input.Pixels.RowLength / 3;
        float[] values = input.Pixels.AsSpan<float>().ToArray();
        return [.. values.Select((value, i) => (int)Math.Round(((value * deviation[i / perChannel % 3]) + mean[i / perChannel % 3]) * 255))];
    }

    private bool CheckPrompt(string name)
    {
        switch (name)
        {
            case "pixel_levels":
                golden.CheckLevels(name, Levels(golden, model, model is InternVlModel ? Items : [.. request.Images.Select(VisualItem.Of)]));
                return true;
            case "pixel_levels_videos":
                golden.CheckLevels(name, Levels(golden, model, [.. request.Videos]));
                return true;
            case "position_ids":
                golden.Check(name, QwenPositionCase.ByAxis(Positions(model, result, sequence)));
                return true;
            case "rope_delta":
                golden.Check(name, [sequence.NextPosition - sequence.Tokens.Count]);
                return true;
            case "logits_last":
                golden.Check(name, seen.FirstLogits[0]);
                return true;
            case "greedy_tokens":
                golden.Check(name, [.. result.Tokens]);
                return true;
            default:
                return false;
        }
    }

    private bool CheckVision(string name)
    {
        switch (name)
        {
            case "visual_features":
                golden.Check(name, seen.VisualTokens.AsSpan<float>());
                return true;
            case "vision_block_first":
                golden.Check(name, seen.Encoder[0].AsSpan<float>());
                return true;
            case "vision_block_last":
                golden.Check(name, seen.Encoder[model.Vision.BlockCount - 1].AsSpan<float>());
                return true;
            case "vision_received_merged":
                golden.Check(name, HeadMean(seen.EncoderAttention[LastFullBlock]));
                return true;
            case "pixel_shuffle":
                golden.Check(name, seen.Features.AsSpan<float>());
                return true;
            case "patch_embed" or "vision_received" or "vision_cls_attn" when model.Vision is VisionTransformer encoder:
                CheckTiles(name, encoder);
                return true;
            case "patch_embed" or "vision_pos_embed" or "vision_rope" or "window_index" or "cu_window_seqlens" or "vision_received":
                CheckEncoderParts(name);
                return true;
            default:
                if (!name.StartsWith("deepstack.", StringComparison.Ordinal))
                {
                    return false;
                }

                golden.Check(name, seen.DeepStack[Number(name, "deepstack.")].AsSpan<float>());
                return true;
        }
    }

    /// <summary>Pictures and videos in the order of the prompt.</summary>
    private IReadOnlyList<VisualItem> Items
    {
        get
        {
            var images = new Queue<VisualItem>(request.Images.Select(VisualItem.Of));
            var videos = new Queue<VisualItem>(request.Videos);
            return [.. model.Encode(request.Prompt).Where(model.IsVisual).Select(id => id == model.ImageTokenId ? images.Dequeue() : videos.Dequeue())];
        }
    }

    /// <summary>Parts of an encoder with a class token.</summary>
    private void CheckTiles(string name, VisionTransformer encoder)
    {
        var mark = compute.Arena.Top;
        using var input = model.Prepare(Items);
        if (name == "patch_embed")
        {
            golden.Check(name, encoder.EmbedPatches(compute, input.Pixels).AsSpan<float>());
            compute.Arena.Release(mark);
            return;
        }

        int last = encoder.BlockCount - 1, tokens = encoder.TokensPerTile, tiles = input.Pixels.Rows;
        var states = Tensor.From(seen.Encoder[last - 1].AsSpan<float>(), tiles * tokens, encoder.Config.HiddenSize);
        int[] classRow = name == "vision_cls_attn" ? [0] : [];
        var captures = Enumerable.Range(0, tiles).Select(_ => new AttentionCapture
        {
            Rows = classRow,
            Probabilities = classRow.Length > 0 ? Tensor.Allocate(encoder.Config.NumAttentionHeads, 1, tokens) : null,
            Received = classRow.Length > 0 ? null : Tensor.Allocate(encoder.Config.NumAttentionHeads, tokens),
        }).ToArray();
        encoder.Blocks[last].Attend(compute, states, encoder.Offsets(tiles), captures);
        golden.Check(name, [.. captures.SelectMany(capture => HeadMean(capture.Received ?? capture.Probabilities ?? states).Skip(classRow.Length))]);
        compute.Arena.Release(mark);
    }

    private void CheckEncoderParts(string name)
    {
        var mark = compute.Arena.Top;
        var encoder = (QwenVisionEncoder)model.Vision;
        using var input = (QwenInput)model.Prepare([.. request.Images.Select(VisualItem.Of), .. request.Videos]);
        var state = (QwenVisionState)encoder.Embed(compute, input);
        switch (name)
        {
            case "patch_embed":
                golden.Check(name, encoder.EmbedPatches(compute, input.Pixels).AsSpan<float>());
                break;
            case "vision_pos_embed":
                golden.Check(name, (encoder.EmbedPositions(compute, input.Grids) ?? throw new GoldenMismatchException("the encoder has no position table")).AsSpan<float>());
                break;
            case "vision_rope":
                golden.Check(name, encoder.Angles(compute, input.Grids).AsSpan<float>());
                break;
            case "window_index":
                golden.Check(name, [.. state.Windows?.Order ?? []]);
                break;
            case "cu_window_seqlens":
                golden.Check(name, [.. state.Windows?.Offsets ?? []]);
                break;
            default:
                seen.Encoder[LastFullBlock - 1].AsSpan<float>().CopyTo(state.States.AsSpan<float>());
                using (var received = encoder.Attend(compute, LastFullBlock, state, capture: true) ?? throw new GoldenMismatchException("nothing was captured"))
                {
                    golden.Check(name, HeadMean(received));
                }

                break;
        }

        compute.Arena.Release(mark);
    }

    private bool CheckDecoder(string name)
    {
        int at = name.LastIndexOf("_l", StringComparison.Ordinal);
        if (at > 0 && int.TryParse(name.AsSpan(at + 2), CultureInfo.InvariantCulture, out int layer))
        {
            return CheckAttention(name, name[..at], layer);
        }

        if (name == "hidden_last")
        {
            golden.Check(name, [.. Enumerable.Range(-1, golden.Output(name).Rows).SelectMany(index => seen.Decoder[index].Row<float>(seen.Decoder[index].Rows - 1).ToArray())]);
            return true;
        }

        if (!name.StartsWith("hidden.", StringComparison.Ordinal))
        {
            return false;
        }

        golden.Check(name, seen.Decoder[Number(name, "hidden.") - 1].AsSpan<float>());
        return true;
    }

    private bool CheckAttention(string name, string part, int layer)
    {
        var probe = new LayerProbe(model.LanguageModel, compute, layer, seen.Decoder[layer - 1], Positions(model, result, sequence));
        int[] tokens = [.. Enumerable.Range(0, result.Report.PromptTokens)];
        switch (part)
        {
            case "q_pre_rope" or "q_post_rope":
                golden.Check(name, probe.Queries(tokens[^golden.Output(name).Shape[1]..], part == "q_post_rope"));
                return true;
            case "k_pre_rope" or "k_post_rope":
                golden.Check(name, probe.Keys(tokens[^golden.Output(name).Shape[1]..], part == "k_post_rope"));
                return true;
            case "attn_last_visual":
                using (var row = probe.LastRow())
                {
                    int[] visual = [.. tokens.Where(token => model.IsVisual(sequence.Tokens[token]))];
                    golden.Check(name, [.. Enumerable.Range(0, row.Rows).SelectMany(head => visual.Select(token => row.Row<float>(head)[token]))]);
                }

                return true;
            default:
                return false;
        }
    }

    private int LastFullBlock => Enumerable.Range(0, model.Vision.BlockCount).Last(model.Vision.CanCapture);

    private static float[] HeadMean(Tensor attention) =>
        [.. Enumerable.Range(0, attention.RowLength).Select(column => Enumerable.Range(0, attention.Rows).Average(head => attention.Row<float>(head)[column]))];

    private static int Number(string name, string prefix) => int.Parse(name.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
}
