using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Quecc;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;
using Fovea.Text;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Golden;

/// <summary><c>training/quecc-text</c>, one step: samples with and without pictures to the loss and its gradients, once by the projector alone, once by all.</summary>
internal static class QueccStepCase
{
    private const string Gradient = "grad.";

    public static void Run(GoldenCase golden, string checkpoint)
    {
        using var compute = new Compute();
        var overrides = new JsonObject { ["image_aspect_ratio"] = golden.Options.GetProperty("image_aspect_ratio").GetString() };
        var folder = CheckpointFolder.Open(checkpoint, new LoadOptions { Overrides = overrides, Processing = ProcessorVariant.Slow });
        var batch = Samples(golden, Tokenizer.Load(checkpoint));
        using (var projectorAlone = DifferentiableLlava.Load(folder, ParameterNames.IsProjector, compute))
        {
            CheckBatch(golden, projectorAlone, batch);
            CheckVisual(golden, projectorAlone, batch, compute, Tokenizer.Load(checkpoint));
            CheckStep(golden, "stage1", projectorAlone, batch, compute);
        }

        using var all = DifferentiableLlava.Load(folder, _ => true, compute);
        CheckStep(golden, "stage2", all, batch, compute);
    }

    private static TrainingSequence[] Samples(GoldenCase golden, Tokenizer tokenizer)
    {
        var encoder = new ConversationEncoder(tokenizer, golden.Options.GetProperty("version").GetString() ?? "", 2048);
        string folder = Path.GetDirectoryName(golden.Path) ?? "";
        return [.. golden.Root.GetProperty("samples").EnumerateArray().Select(sample =>
        {
            string? picture = sample.GetProperty("image").GetString();
            var turns = sample.GetProperty("conversations").EnumerateArray()
                .Select(turn => new ConversationTurn(turn.GetProperty("from").GetString() ?? "", turn.GetProperty("value").GetString() ?? "")).ToList();
            var labelled = encoder.Encode(turns, picture is not null);
            return new TrainingSequence(labelled.Ids, labelled.Labels, picture is null ? [] : [Image.Load(Path.Combine(folder, picture))]);
        })];
    }

    private static void CheckBatch(GoldenCase golden, DifferentiableLlava model, TrainingSequence[] batch)
    {
        var padded = PaddedBatch.Of([.. batch.Select(sample => new LabelledPrompt([.. sample.Tokens], [.. sample.Labels], false))], int.MaxValue);
        golden.Check(golden.Input("input_ids"), "input_ids", [.. padded.Ids.SelectMany(row => row)]);
        golden.Check(golden.Input("labels"), "labels", [.. padded.Labels.SelectMany(row => row)]);
        golden.Check(golden.Input("attention_mask"), "attention_mask", [.. padded.Mask.SelectMany(row => row.Select(counts => counts ? 1 : 0))]);
        PackedBatch[] rows = [.. batch.Select(sample => model.Pack([sample]))];
        int longest = rows.Max(row => row.Tokens.Count);
        golden.Check("spliced_labels", [.. rows.SelectMany(row => Filled(row.Labels, Tape.IgnoredLabel))]);
        golden.Check("spliced_mask", [.. rows.SelectMany(row => Filled(row.Tokens.Select(_ => 1), 0))]);
        golden.Check("spliced_positions", [.. rows.SelectMany(row => Filled(Enumerable.Range(0, row.Tokens.Count), 0))]);

        IEnumerable<int> Filled(IEnumerable<int> row, int filler) => row.Concat(Enumerable.Repeat(filler, longest)).Take(longest);
    }

    /// <summary>The reference has a black picture and the question "image" where a sample has no picture.</summary>
    private static void CheckVisual(GoldenCase golden, DifferentiableLlava model, TrainingSequence[] batch, Compute compute, Tokenizer tokenizer)
    {
        using var tape = new Tape(compute);
        string[] questions = [.. batch.Select(sample => QueryText.Of([.. sample.Tokens], tokenizer))];
        golden.Check("text", model.TextFeatures(tape, questions).Value.AsSpan<float>());
        var projected = new List<float>();
        foreach (var (sample, question) in batch.Zip(questions))
        {
            using var input = model.Prepare(sample.Images.Count > 0 ? sample.Images : batch.First(other => other.Images.Count > 0).Images);
            if (sample.Images.Count == 0)
            {
                input.Pixels.AsSpan<float>().Clear();
            }

            projected.AddRange(model.Visual(tape, input, [question], [0]).Value.AsSpan<float>());
        }

        golden.Check("projected", [.. projected]);
    }

    private static void CheckStep(GoldenCase golden, string stage, DifferentiableLlava model, TrainingSequence[] batch, Compute compute)
    {
        using var tape = new Tape(compute);
        var loss = model.Loss(tape, batch, model.Pack(batch).ValidLabels);
        tape.Backward(loss);
        golden.Check("loss", loss.Value.AsSpan<float>());
        foreach (var parameter in model.Trained.Where(parameter => golden.HasOutput(Gradient + parameter.Name)))
        {
            golden.Check(Gradient + parameter.Name, parameter.Slope.AsSpan<float>());
        }

        Near($"norm of all gradients in {stage}", golden.Root.GetProperty("total_gradient_norm").GetProperty(stage).GetDouble(), GradientClipping.Norm(model.Trained));
        var norms = golden.Root.GetProperty("llm_gradient_norms").GetProperty("rows");
        foreach (var parameter in model.Trained.Where(parameter => !ParameterNames.IsProjector(parameter.Name)))
        {
            Near($"norm of the gradient of {parameter.Name}", norms.GetProperty(parameter.Name).GetDouble(), GradientClipping.Norm([parameter]));
        }
    }

    private static void Near(string name, double expected, double actual) => Compare.Numbers(name, [(float)expected], [(float)actual], 0, 1e-3);
}
