using System.Globalization;
using System.Text.Json;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Compares a recorded run with everything that a model case expects.</summary>
internal sealed class ModelExpectations(
    GoldenCase golden, MultimodalModel model, Compute compute, RecordingObserver seen, GenerationRequest request, GenerationResult result, Sequence sequence)
{
    private int[] PromptIds => [.. sequence.Tokens.Take(result.Report.PromptTokens)];

    /// <summary>The original layout's cases give unexpanded ids and stripped text, as its scripts do.</summary>
    private bool IsOriginal => model is Models.Llava.OriginalLlavaModel;

    /// <summary>Checks all of them; the first that differs throws.</summary>
    public void CheckAll()
    {
        foreach (var expected in golden.Expected)
        {
            Check(expected.Name, expected.Value);
        }
    }

    private void Check(string name, JsonElement expected)
    {
        switch (name)
        {
            case "text":
                Compare.Text(name, expected.GetProperty("value").GetString() ?? "", IsOriginal ? result.Text.Trim() : result.Text);
                break;
            case "input_ids":
                golden.Check(name, IsOriginal ? model.Encode(request.Prompt) : PromptIds);
                break;
            case "visual_positions":
                golden.Check(name, [.. PromptIds.Index().Where(entry => model.IsVisual(entry.Item)).Select(entry => entry.Index)]);
                break;
            case "generated":
                golden.Check(name, [.. result.Tokens]);
                break;
            case "logits":
                golden.Check(name, seen.FirstLogits[0]);
                break;
            case "rows" or "visual_token_rows":
                break;
            case "image_sizes":
                golden.Check(name, [.. request.Images.SelectMany(image => new[] { image.Height, image.Width })]);
                break;
            case "visual_tokens":
                golden.Check(name, Rows(seen.VisualTokens, RowIndices("visual_token_rows", seen.VisualTokens.Rows)));
                break;
            case "embeddings":
                golden.Check(name, Rows(seen.Decoder[-1], RowIndices("rows", 0)));
                break;
            case "hidden_final":
                golden.Check(name, LastRows(seen.Final, golden.Output(name).Rows));
                break;
            case "attn_last" or "q_pre" or "q_rope" or "k_pre" or "k_rope":
                CheckAttention(name);
                break;
            default:
                if (name.StartsWith("hidden", StringComparison.Ordinal))
                {
                    golden.Check(name, LastRows(seen.Decoder[Number(name, "hidden")], golden.Output(name).Rows));
                }
                else if (name.StartsWith("image.", StringComparison.Ordinal) || name.StartsWith("video.", StringComparison.Ordinal))
                {
                    CheckVision(name, name["image.".Length..], name.StartsWith("video.", StringComparison.Ordinal));
                }
                else
                {
                    throw new GoldenMismatchException($"the expectation {name} is not understood");
                }

                break;
        }
    }

    private void CheckVision(string name, string part, bool video)
    {
        int tokens = seen.Encoder[-1].Rows / seen.Tiles;
        int first = video ? ImageTiles : 0;
        switch (part)
        {
            case "tiles":
                golden.Check(name, video ? [.. request.Videos.Select(item => item.Frames.Count)] : TilesPerImage());
                break;
            case "embed":
                golden.Check(name, seen.Encoder[-1].Slice(first * tokens, tokens).AsSpan<float>());
                break;
            case "pixel_values_rows" or "pixels_u8":
                using (var input = model.Prepare(Items(video)))
                {
                    CheckPixels(name, part, video && input is Models.Llava.VideoLlavaInput both ? both.Frames : input.Pixels);
                }

                break;
            case "selected":
                golden.Check(name, PerTile(seen.Features, golden.Output(name).Shape, video));
                break;
            case "projected":
                golden.Check(name, PerTile(model.Project(compute, seen.Features), golden.Output(name).Shape, video));
                break;
            case "attn_cls" or "attn_received":
                golden.Check(name, PerTileAttention(seen.EncoderAttention[model.Vision.BlockCount - 2], golden.Output(name).Shape, video));
                break;
            case "attn_received_last":
                golden.Check(name, PerTileAttention(seen.EncoderAttention[model.Vision.BlockCount - 1], golden.Output(name).Shape, video));
                break;
            default:
                int block = part.StartsWith("block", StringComparison.Ordinal) ? Number(part, "block") : throw new GoldenMismatchException($"the expectation {name} is not understood");
                golden.Check(name, Block(block).Slice(first * tokens, tokens).AsSpan<float>());
                break;
        }
    }

    /// <summary>A block behind the features is not computed by the engine; it is run here.</summary>
    private Tensor Block(int block)
    {
        if (!seen.Encoder.TryGetValue(block, out var states))
        {
            states = Tensor.From(Block(block - 1).AsSpan<float>(), Block(block - 1).Shape.ToArray());
            int tokens = states.Rows / seen.Tiles;
            using var input = model.Prepare([.. Items(video: false), .. Items(video: true)]);
            var state = new VisionState(states, [.. Enumerable.Range(0, seen.Tiles + 1).Select(tile => tile * tokens)], input);
            model.Vision.Attend(compute, block, state, capture: false);
            model.Vision.FeedForward(compute, block, state);
            seen.Encoder[block] = states;
        }

        return states;
    }

    private void CheckPixels(string name, string part, Tensor pixels)
    {
        var expected = golden.Output(name);
        int side = pixels.Shape[2];
        if (part == "pixels_u8")
        {
            CheckLevels(name, expected, pixels);
            return;
        }

        int[] rows = expected.Shape[2] == 2 ? [side / 3, side - 2] : [side / 2];
        int step = expected.Shape[2] == 1 && pixels.Rows > 5 ? 3 : 1;
        var actual = new List<float>();
        for (int tile = 0; tile < pixels.Rows; tile += step)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                foreach (int row in rows)
                {
                    actual.AddRange(pixels.Row<float>(tile).Slice(((channel * side) + row) * side, side));
                }
            }
        }

        golden.Check(name, actual.ToArray());
    }

    private void CheckLevels(string name, Tensor expected, Tensor pixels)
    {
        string file = Directory.EnumerateFiles(CheckpointPath, "preprocessor_config.json", SearchOption.AllDirectories).First();
        using var config = JsonDocument.Parse(File.ReadAllBytes(file));
        double[] Numbers(string key) => [.. config.RootElement.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];
        double[] mean = Numbers("image_mean"), deviation = Numbers("image_std");
        int side = pixels.Shape[2];
        var levels = new int[expected.Shape.Count];
        for (int i = 0; i < levels.Length; i++)
        {
            int channel = i % 3, place = i / 3 % (side * side), tile = i / 3 / (side * side);
            levels[i] = (int)Math.Round(((pixels.Row<float>(tile)[(channel * side * side) + place] * deviation[channel]) + mean[channel]) * 255);
        }

        golden.Check(name, levels);
    }

    private string CheckpointPath => Path.Combine(
        Path.GetDirectoryName(golden.Path) ?? "", "..", "..", "checkpoints", golden.Root.GetProperty("checkpoint").GetString() ?? "");

    private int ImageTiles => TilesPerImage().Sum();

    private int[] TilesPerImage()
    {
        var geometry = result.Report.Geometry;
        return [.. Enumerable.Range(0, geometry.Count)
            .Where(token => geometry[token].Tile >= 0 && geometry[token].Tile < seen.Tiles - request.Videos.Sum(video => video.Frames.Count))
            .GroupBy(token => geometry[token].Image)
            .OrderBy(image => image.Key)
            .Select(image => image.Max(token => geometry[token].Tile) - image.Min(token => geometry[token].Tile) + 1)];
    }

    private List<VisualItem> Items(bool video) => video ? [.. request.Videos] : [.. request.Images.Select(VisualItem.Of)];

    /// <summary>Where a picture's or a video's tiles begin among the feature rows, and how many rows each has.</summary>
    private (int Start, int PerTile) FeatureRows(bool video)
    {
        int images = ImageTiles, frames = seen.Tiles - images;
        int classTokens = seen.Features.Rows % seen.Tiles == 0 ? 0 : 1;
        int perImage = (seen.Features.Rows - (classTokens * frames)) / seen.Tiles;
        return frames == seen.Tiles ? (0, seen.Features.Rows / frames) : video ? (images * perImage, perImage + classTokens) : (0, perImage);
    }

    private float[] PerTile(Tensor rows, Shape shape, bool video)
    {
        var (start, perTile) = FeatureRows(video);
        var values = new List<float>();
        for (int tile = 0; tile < shape[0]; tile++)
        {
            for (int row = 0; row < shape[1]; row++)
            {
                values.AddRange(rows.Row<float>(start + (tile * perTile) + row));
            }
        }

        return [.. values];
    }

    private float[] PerTileAttention(Tensor attention, Shape shape, bool video)
    {
        var (start, perTile) = FeatureRows(video);
        int skip = perTile - shape[2];
        var values = new List<float>();
        for (int tile = 0; tile < shape[0]; tile++)
        {
            for (int head = 0; head < shape[1]; head++)
            {
                values.AddRange(attention.Row<float>(head).Slice(start + (tile * perTile) + skip, shape[2]));
            }
        }

        return [.. values];
    }

    /// <summary>Layer 1's queries, keys and last attention row, from the recorded output of layer 0.</summary>
    private void CheckAttention(string name)
    {
        int rows = seen.Decoder[0].Rows;
        var probe = new LayerProbe(model.LanguageModel, compute, 1, seen.Decoder[0], [.. Enumerable.Range(0, rows).Select(TokenPosition.At)]);
        if (name == "attn_last")
        {
            using var row = probe.LastRow();
            golden.Check(name, row.AsSpan<float>());
            return;
        }

        bool rotary = name is "q_rope" or "k_rope";
        golden.Check(name, name is "q_pre" or "q_rope"
            ? probe.Queries([.. Enumerable.Range(rows - golden.Output(name).Shape[1], golden.Output(name).Shape[1])], rotary)
            : probe.Keys(RowIndices("rows", 0), rotary));
    }

    private int[] RowIndices(string name, int all)
    {
        if (!golden.HasOutput(name))
        {
            return [.. Enumerable.Range(0, all)];
        }

        var stored = golden.Output(name);
        return stored.ElementType == ElementType.I64
            ? Array.ConvertAll(stored.AsSpan<long>().ToArray(), index => (int)index)
            : stored.AsSpan<int>().ToArray();
    }

    private static float[] Rows(Tensor tensor, int[] rows) => [.. rows.SelectMany(row => tensor.Row<float>(row).ToArray())];

    private static float[] LastRows(Tensor tensor, int count) => tensor.Slice(tensor.Rows - count, count).AsSpan<float>().ToArray();

    private static int Number(string name, string prefix) => int.Parse(name.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
}
