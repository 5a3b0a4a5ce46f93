using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;
using Fovea.Text;
using Fovea.Training;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Golden;

/// <summary><c>training/loop</c>: optimizer steps from a checkpoint; rate, loss, gradient norm of each, and the parameters after the last.</summary>
internal static class LoopCase
{
    private const string AspectRatio = "image_aspect_ratio";

    public static void Run(GoldenCase golden)
    {
        var options = golden.Options;
        Compare.Text("options.optimizer", "adamw", options.GetProperty("optimizer").GetString() ?? "");
        using var compute = new Compute();
        var trained = TrainedNames(golden.Root.GetProperty("final_parameters"));
        string loops = Path.GetDirectoryName(golden.Path) ?? "";
        string checkpoint = Path.GetFullPath(Path.Combine(loops, "..", "..", "checkpoints", golden.Root.GetProperty("checkpoint").GetString() ?? ""));
        // The reference values were made with the processors that resize as Pillow does.
        var folder = CheckpointFolder.Open(checkpoint, new LoadOptions { Overrides = Overrides(options), Processing = ProcessorVariant.Slow });
        using var model = TrainableModel.Load(folder, trained.Contains, compute);
        var initial = model.Trained.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.AsSpan<float>().ToArray());
        using var optimizer = new AdamW(Groups(options, model.Trained))
        {
            Beta1 = options.GetProperty("betas")[0].GetDouble(),
            Beta2 = options.GetProperty("betas")[1].GetDouble(),
            Epsilon = options.GetProperty("eps").GetDouble(),
        };
        var schedule = OptimizerCase.Schedule(
            options.GetProperty("lr_scheduler").GetString() ?? "",
            options.GetProperty("learning_rate").GetDouble(),
            options.GetProperty("steps").GetInt32(),
            options.GetProperty("warmup_ratio").GetDouble());
        Compare.Exact("warmup_steps", options.GetProperty("warmup_steps").GetInt32(), schedule.WarmupSteps);
        var samples = new LoopSamples(
            Path.Combine(loops, "data"),
            options.GetProperty("version").GetString() ?? "",
            Tokenizer.Load(checkpoint),
            Background(options, folder));
        var gradients = new Dictionary<string, float[]>();
        var loop = new TrainingLoop<TrainingSequence[]>(compute, optimizer, schedule)
        {
            Loss = model.Loss,
            ValidLabels = batch => model.Pack(batch).ValidLabels,
            Normalization = options.GetProperty("loss_normalization").GetString() switch
            {
                "micro_batch_mean" => LossNormalization.MicroBatchMean,
                "token_weighted" => LossNormalization.TokenWeighted,
                var other => throw new GoldenMismatchException($"the normalization {other} is not understood"),
            },
            MaxGradientNorm = options.GetProperty("max_grad_norm") is { ValueKind: JsonValueKind.Number } limit ? limit.GetDouble() : null,
            GradientsReady = () =>
            {
                foreach (var parameter in model.Trained)
                {
                    gradients.TryAdd(parameter.Name, parameter.Slope.AsSpan<float>().ToArray());
                }
            },
        };
        CheckSteps(golden, model, folder, samples, loop);
        CheckParameters(golden, model, initial);
        CheckGradients(golden, gradients);
    }

    /// <summary>The authors' layout keeps in its config how pictures become square.</summary>
    private static JsonObject? Overrides(JsonElement options) => options.TryGetProperty(AspectRatio, out var ratio) ? new JsonObject { [AspectRatio] = ratio.GetString() } : null;

    /// <summary>The mean color, with which the reference's dataset pads; none where it crops, or the model's own processor pads.</summary>
    private static byte[]? Background(JsonElement options, CheckpointFolder folder)
    {
        string ratio = options.TryGetProperty(AspectRatio, out var named) ? named.GetString() ?? "" : "pad";
        return ratio switch
        {
            _ when folder.Config.TryGetProperty("mm_vision_tower", out _) => null,
            "square" => null,
            "pad" when folder.Read("preprocessor_config.json") is { } keys => [.. keys.GetProperty("image_mean").EnumerateArray().Select(mean => (byte)(mean.GetDouble() * 255))],
            _ => throw new GoldenMismatchException($"the aspect ratio {ratio} is not understood"),
        };
    }

    private static HashSet<string> TrainedNames(JsonElement final)
    {
        var names = final.GetProperty("tensors").EnumerateObject().Select(tensor => tensor.Name);
        var hidden = final.TryGetProperty("not_compared", out var list) ? list.EnumerateArray().Select(name => name.GetString() ?? "") : [];
        return [.. names, .. hidden];
    }

    private static IReadOnlyList<ParameterGroup> Groups(JsonElement options, IReadOnlyList<Parameter> parameters)
    {
        var projectorRate = options.GetProperty("mm_projector_lr");
        double factor = projectorRate.ValueKind == JsonValueKind.Number ? projectorRate.GetDouble() / options.GetProperty("learning_rate").GetDouble() : 1;
        return ParameterGroup.Of(parameters, options.GetProperty("weight_decay").GetDouble(), factor);
    }

    private static void CheckSteps(GoldenCase golden, TrainableModel model, CheckpointFolder folder, LoopSamples samples, TrainingLoop<TrainingSequence[]> loop)
    {
        var log = golden.Root.GetProperty("log");
        double atol = log.GetProperty("loss_atol").GetDouble(), rtol = log.GetProperty("grad_norm_rtol").GetDouble();
        var steps = golden.Root.GetProperty("micro_batches").GetProperty("steps");
        foreach (var (expected, ids) in log.GetProperty("steps").EnumerateArray().Zip(steps.EnumerateArray()))
        {
            TrainingSequence[][] batches = [.. ids.EnumerateArray().Select(batch => batch.EnumerateArray().Select(id => samples[id.GetString() ?? ""]).ToArray())];
            int step = expected.GetProperty("step").GetInt32();
            if (step == 0)
            {
                CheckBatch(golden, model, folder.Config, batches[0]);
                CheckPixels(golden, folder, batches[0]);
            }

            var report = loop.Step(batches);
            Near($"lr of step {step}", expected.GetProperty("lr").GetDouble(), report.LearningRate, 1e-15, 1e-6);
            Near($"loss of step {step}", expected.GetProperty("loss").GetDouble(), report.Loss, atol, 0);
            Near($"gradient norm of step {step}", expected.GetProperty("grad_norm_before_clipping").GetDouble(), report.GradientNorm, 0, rtol);
            foreach (var (i, micro) in expected.GetProperty("micro_losses").EnumerateArray().Index())
            {
                Near($"loss {i} of step {step}", micro.GetDouble(), report.MicroLosses[i], atol, 0);
                Compare.Exact($"labels {i} of step {step}", expected.GetProperty("valid_labels")[i].GetInt32(), report.ValidLabels[i]);
            }
        }
    }

    /// <summary>The first micro-batch, padded. Where a token of the vocabulary stands for pictures, it has been expanded already.</summary>
    private static void CheckBatch(GoldenCase golden, TrainableModel model, JsonElement config, TrainingSequence[] batch)
    {
        var rows = batch.Select(sequence => (sequence.Tokens, sequence.Labels));
        if (config.TryGetProperty("image_token_index", out var token))
        {
            var packed = batch.Select(sequence => model.Pack([sequence]));
            rows = packed.Select(row => ((IReadOnlyList<int>)[.. row.Tokens.Select(id => id == TrainingSequence.Picture ? token.GetInt32() : id)], row.Labels));
        }

        int length = rows.Max(row => row.Tokens.Count);
        golden.Check(golden.Input("input_ids"), "input_ids", [.. rows.SelectMany(row => Padded(row.Tokens, 0))]);
        golden.Check(golden.Input("labels"), "labels", [.. rows.SelectMany(row => Padded(row.Labels, Tape.IgnoredLabel))]);

        IEnumerable<int> Padded(IReadOnlyList<int> row, int padding) => row.Concat(Enumerable.Repeat(padding, length - row.Count));
    }

    private static void CheckPixels(GoldenCase golden, CheckpointFolder folder, TrainingSequence[] batch)
    {
        if (!golden.HasInput("pixel_values"))
        {
            return;
        }

        var processor = ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);
        using var pixels = processor.Process([.. batch.SelectMany(sequence => sequence.Images)]).Pixels;
        Compare.Numbers("pixel_values", golden.Input("pixel_values").AsSpan<float>(), pixels.AsSpan<float>(), 1e-5, 1e-5);
    }

    private static void CheckGradients(GoldenCase golden, Dictionary<string, float[]> gradients)
    {
        foreach (var (name, gradient) in gradients.Where(entry => golden.HasOutput("first_grad." + entry.Key)))
        {
            golden.Check("first_grad." + name, gradient);
        }
    }

    private static void CheckParameters(GoldenCase golden, TrainableModel model, Dictionary<string, float[]> initial)
    {
        var final = golden.Root.GetProperty("final_parameters");
        var byName = model.Trained.ToDictionary(parameter => parameter.Name);
        double most = 2 * golden.Options.GetProperty("learning_rate").GetDouble() * golden.Options.GetProperty("steps").GetInt32();
        double outliers = final.GetProperty("allowed_outlier_fraction").GetDouble();
        foreach (var tensor in final.GetProperty("tensors").EnumerateObject())
        {
            var values = byName.GetValueOrDefault(tensor.Name)?.Value ?? throw new GoldenMismatchException($"{tensor.Name} is not trained");
            var start = Tensor.From(initial[tensor.Name], values.Shape.ToArray());
            double change = Math.Sqrt(values.AsSpan<float>().ToArray().Zip(start.AsSpan<float>().ToArray(), (a, b) => ((double)a - b) * ((double)a - b)).Sum());
            start.Dispose();
            Near($"change of {tensor.Name}", tensor.Value.GetProperty("change_l2").GetDouble(), change, 0, 2e-2);
            if (golden.HasOutput("final." + tensor.Name))
            {
                var tolerance = golden.Root.GetProperty("expected").GetProperty("final." + tensor.Name);
                CheckWithOutliers(
                    tensor.Name, golden.Output("final." + tensor.Name).AsSpan<float>(), values.AsSpan<float>(), tolerance, most, outliers);
            }
        }
    }

    private static void CheckWithOutliers(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, JsonElement tolerance, double most, double share)
    {
        double atol = tolerance.GetProperty("atol").GetDouble(), rtol = tolerance.GetProperty("rtol").GetDouble();
        int outside = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs((double)actual[i] - expected[i]);
            if (!(error <= atol + (rtol * Math.Abs((double)expected[i]))))
            {
                outside++;
                Near($"outlier {name}[{i}]", expected[i], actual[i], most, 0);
            }
        }

        if (outside > share * expected.Length)
        {
            throw new GoldenMismatchException($"{outside} of {expected.Length} elements of {name} lie outside {atol}, more than a share of {share}");
        }
    }

    private static void Near(string name, double expected, double actual, double atol, double rtol)
    {
        if (!(Math.Abs(actual - expected) <= atol + (rtol * Math.Abs(expected))))
        {
            throw new GoldenMismatchException($"{name} is {actual:R}, expected {expected:R} (atol {atol}, rtol {rtol})");
        }
    }
}
