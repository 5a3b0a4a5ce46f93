using System.Text.Json;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Training.Optimization;

namespace Fovea.Golden;

/// <summary><c>training/optimizer</c>: AdamW step by step, schedules and step counts, decay groups.</summary>
internal static class OptimizerCase
{
    public static void Run(GoldenCase golden)
    {
        var root = golden.Root;
        if (root.TryGetProperty("rows", out var rows))
        {
            Schedules(rows, root);
        }
        else if (root.TryGetProperty("decay", out _))
        {
            Groups(golden);
        }
        else if (root.GetProperty("inputs").EnumerateObject().Any(input => input.Name.StartsWith("param.", StringComparison.Ordinal)))
        {
            Adam(golden);
        }
        else
        {
            throw new GoldenMismatchException("the case is none of schedules, groups and steps");
        }
    }

    private static void Adam(GoldenCase golden)
    {
        var options = golden.Options;
        string[] names = [.. golden.Root.GetProperty("inputs").EnumerateObject().Where(input => input.Name.StartsWith("param.", StringComparison.Ordinal)).Select(input => input.Name[6..])];
        var parameters = names.ToDictionary(name => name, name =>
        {
            var stored = golden.Input("param." + name);
            return new Parameter(name, Tensor.From(stored.AsSpan<float>(), stored.Shape.ToArray()));
        });
        using var adam = new AdamW([.. names.Select(name => new ParameterGroup([parameters[name]], Decay(options, name)))])
        {
            Beta1 = options.GetProperty("betas")[0].GetDouble(),
            Beta2 = options.GetProperty("betas")[1].GetDouble(),
            Epsilon = options.GetProperty("eps").GetDouble(),
        };
        int steps = golden.Input("grads." + names[0]).Rows;
        var history = names.ToDictionary(name => name, _ => new List<float>());
        for (int step = 0; step < steps; step++)
        {
            foreach (string name in names)
            {
                golden.Input("grads." + name).Slice(step, 1).AsSpan<float>().CopyTo(parameters[name].Slope.AsSpan<float>());
            }

            if (golden.Root.TryGetProperty("grad_norms", out var norms))
            {
                double norm = norms[step].GetDouble();
                Near($"grad_norms[{step}]", norm, GradientClipping.Norm(parameters.Values), 1e-6);
            }

            adam.Step(options.GetProperty("lr").GetDouble());
            foreach (string name in names)
            {
                history[name].AddRange(parameters[name].Value.AsSpan<float>());
            }
        }

        foreach (var expected in golden.Expected)
        {
            int dot = expected.Name.IndexOf('.', StringComparison.Ordinal);
            string name = expected.Name[(dot + 1)..];
            golden.Check(expected.Name, expected.Name[..dot] switch
            {
                "params" => history[name].ToArray(),
                "exp_avg" => adam.FirstMoment(parameters[name]).AsSpan<float>(),
                "exp_avg_sq" => adam.SecondMoment(parameters[name]).AsSpan<float>(),
                _ => throw new GoldenMismatchException($"the case expects {expected.Name}, which is not understood"),
            });
        }

        foreach (var parameter in parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private static double Decay(JsonElement options, string name) =>
        (options.TryGetProperty("weight_decay_" + name, out var own) ? own : options.GetProperty("weight_decay")).GetDouble();

    private static void Schedules(JsonElement rows, JsonElement root)
    {
        foreach (var row in rows.EnumerateArray())
        {
            string kind = row.GetProperty("kind").GetString() ?? "";
            var schedule = Schedule(kind, row.GetProperty("lr").GetDouble(), row.GetProperty("steps").GetInt32(), row.GetProperty("warmup_ratio").GetDouble());
            Compare.Exact("warmup_steps", row.GetProperty("warmup_steps").GetInt32(), schedule.WarmupSteps);
            foreach (var (at, value) in row.GetProperty("at").EnumerateArray().Zip(row.GetProperty("values").EnumerateArray()))
            {
                Near($"{kind} of {schedule.Steps} at {at}", value.GetDouble(), schedule.At(at.GetInt32()), 1e-7);
            }
        }

        foreach (var row in root.GetProperty("step_counts").EnumerateArray())
        {
            int steps = LearningRateSchedule.StepsOf(
                row.GetProperty("samples").GetInt64(),
                row.GetProperty("per_device").GetInt32(),
                row.GetProperty("accumulation").GetInt32(),
                row.GetProperty("epochs").GetDouble(),
                row.GetProperty("gpus").GetInt32());
            Compare.Exact($"steps of {row}", row.GetProperty("steps").GetInt32(), steps);
        }
    }

    internal static LearningRateSchedule Schedule(string kind, double rate, int steps, double warmup) => LearningRateSchedule.WithWarmup(
        kind switch
        {
            "cosine" => ScheduleKind.Cosine,
            "linear" => ScheduleKind.Linear,
            "constant" or "constant_with_warmup" => ScheduleKind.Constant,
            _ => throw new GoldenMismatchException($"the schedule {kind} is not understood"),
        },
        rate,
        steps,
        warmup);

    private static void Groups(GoldenCase golden)
    {
        string golds = Path.GetFullPath(Path.Combine(golden.Path, "..", "..", "..", "checkpoints", golden.Root.GetProperty("checkpoint").GetString() ?? ""));
        using var weights = CheckpointFolder.Open(golds).OpenWeights();
        string[] trained = [.. weights.Names.Where(name => !name.Contains("vision_tower", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Check("decay", trained.Where(name => ParameterNames.Decays(name, weights[name].Shape.Rank)));
        Check("no_decay", trained.Where(name => !ParameterNames.Decays(name, weights[name].Shape.Rank)));
        Check("projector", trained.Where(ParameterNames.IsProjector));

        void Check(string list, IEnumerable<string> actual) => Compare.Text(
            list, string.Join('\n', golden.Root.GetProperty(list).EnumerateArray().Select(name => name.GetString()).Order(StringComparer.Ordinal)), string.Join('\n', actual));
    }

    private static void Near(string name, double expected, double actual, double rtol)
    {
        if (!(Math.Abs(actual - expected) <= (rtol * Math.Abs(expected)) + 1e-18))
        {
            throw new GoldenMismatchException($"{name} is {actual:R}, expected {expected:R} (rtol {rtol})");
        }
    }
}
