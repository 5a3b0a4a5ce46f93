using System.Text.Json;
using Fovea.Training.Scaling;

namespace Fovea.Golden;

/// <summary><c>training/scaling-law</c>: grid fit, continuous fits, predictions and choices under a budget. The tolerances stand in each table's <c>what</c>.</summary>
internal static class ScalingLawCase
{
    private static readonly string[] Known =
    [
        "kind", "name", "source", "seed", "options", "inputs", "expected", "notes", "points", "grid_fit", "continuous_fit", "fits_with_fixed_d", "log_linear_fit",
        "predictions", "compute_optimal", "compute_optimal_continuous_fit", "flop_axis", "held_out",
    ];

    public static void Run(GoldenCase golden)
    {
        var root = golden.Root;
        if (root.EnumerateObject().FirstOrDefault(property => !Known.Contains(property.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw new GoldenMismatchException($"the case holds {unknown.Name}, which is not understood");
        }

        var points = Points(root.GetProperty("points"));
        var grid = CheckGrid(root, points);
        var continuous = ContinuousFit.Of(points);
        CheckContinuous(root.GetProperty("continuous_fit"), continuous, points);
        foreach (var row in Rows(root, "fits_with_fixed_d"))
        {
            var law = ContinuousFit.Of(points, Number(row, "d"));
            CheckParameters("fits_with_fixed_d", row, law, 2e-5);
            Near("fits_with_fixed_d.sse", Number(row, "sse"), law.SquaredError(points), 0, 1e-6);
        }

        CheckLogLinear(root.GetProperty("log_linear_fit"), points);
        foreach (var row in Rows(root, "predictions"))
        {
            double n = Number(row, "params_billion"), v = Number(row, "visual_tokens");
            Near("predictions.grid", Number(row, "grid"), grid.Error(n, v), 1e-9, 0);
            Near("predictions.continuous", Number(row, "continuous"), continuous.Error(n, v), 1e-5, 0);
        }

        CheckChoices(root.GetProperty("compute_optimal"), root, grid, 1e-6, 1e-9);
        CheckChoices(root.GetProperty("compute_optimal_continuous_fit"), root, continuous, 2e-3, 2e-5);
        foreach (var row in Rows(root, "flop_axis"))
        {
            int i = 0;
            foreach (var expected in row.GetProperty("gflop").EnumerateArray())
            {
                var choice = new ComputeChoice(points[i].ParamsBillion, points[i].VisualTokens, 0);
                Near($"flop_axis[{i++}]", expected.GetDouble(), choice.GigaFlops(Number(row, "Q")), 0, 1e-12);
            }
        }

        if (root.TryGetProperty("held_out", out var heldOut))
        {
            var quality = FitQuality.Of(continuous, Points(heldOut.GetProperty("points")));
            Near("held_out.mean", Number(heldOut, "mean"), quality.MeanRelative, 0, 1e-3);
            Near("held_out.max", Number(heldOut, "max"), quality.LargestRelative, 0, 1e-3);
        }
    }

    private static ScalingLaw CheckGrid(JsonElement root, ScalingPoint[] points)
    {
        var axes = root.GetProperty("options").GetProperty("grid");
        var fit = new GridFit { A = Axis(axes, "a"), B = Axis(axes, "b"), C = Axis(axes, "c"), D = Axis(axes, "d") };
        var best = fit.Best(points, 25);
        var expected = root.GetProperty("grid_fit");
        CheckGridPoint("best", expected.GetProperty("best"), best[0]);
        int rank = 0;
        foreach (var one in expected.GetProperty("ranks_1_to_10").EnumerateArray())
        {
            CheckGridPoint($"rank {rank + 1}", one, best[rank++]);
        }

        Near("sse_of_rank_25", Number(expected, "sse_of_rank_25"), best[24].SquaredError, 0, 1e-9);
        Compare.Text("edge_parameters", string.Join(",", expected.GetProperty("edge_parameters").EnumerateArray().Select(name => name.GetString())), string.Join(",", fit.Edges(best[0])));
        CheckQuality(expected, best[0].Law, points, 1e-9);
        return best[0].Law;
    }

    private static void CheckGridPoint(string name, JsonElement expected, GridPoint actual)
    {
        Compare.Text($"{name}.indices", string.Join(",", expected.GetProperty("indices").EnumerateArray().Select(index => index.GetInt32())), string.Join(",", actual.Indices));
        Near($"{name}.sse", Number(expected, "sse"), actual.SquaredError, 0, 1e-9);
        CheckParameters(name, expected, actual.Law, 1e-12);
    }

    private static void CheckContinuous(JsonElement expected, ScalingLaw law, ScalingPoint[] points)
    {
        var tolerance = expected.GetProperty("tolerance");
        CheckParameters("continuous_fit", expected, law, Number(tolerance, "a"));
        Near("continuous_fit.sse", Number(expected, "sse"), law.SquaredError(points), 0, Number(tolerance, "sse_rtol"));
        Near("continuous_fit.ratio_b_over_c", Number(expected, "ratio_b_over_c"), law.B / law.C, 0, 2e-3);
        Compare.Exact("continuous_fit.d_at_bound", expected.GetProperty("d_at_bound").GetBoolean(), law.D == 0);
        CheckQuality(expected, law, points, 1e-4);
    }

    private static void CheckQuality(JsonElement expected, ScalingLaw law, ScalingPoint[] points, double rtol)
    {
        var quality = FitQuality.Of(law, points);
        var stored = expected.GetProperty("quality");
        foreach (var (name, actual) in (ReadOnlySpan<(string, double)>)
        [
            ("rmse", quality.RootMeanSquare), ("mae", quality.MeanAbsolute), ("max_abs", quality.LargestAbsolute),
            ("mean_relative_error", quality.MeanRelative), ("max_relative_error", quality.LargestRelative), ("r2", quality.ExplainedVariance),
        ])
        {
            Near($"quality.{name}", Number(stored, name), actual, 0, 10 * rtol);
        }

        double[] residuals = law.Residuals(points);
        int i = 0;
        foreach (var residual in expected.GetProperty("residuals").EnumerateArray())
        {
            Near($"residuals[{i}]", residual.GetDouble(), residuals[i++], rtol * 0.1, 0);
        }
    }

    private static void CheckLogLinear(JsonElement expected, ScalingPoint[] points)
    {
        var law = LogLinearLaw.Of(points);
        Near("log_linear_fit.k0", Number(expected, "k0"), law.K0, 0, 1e-8);
        Near("log_linear_fit.k1", Number(expected, "k1"), law.K1, 0, 1e-8);
        Near("log_linear_fit.k2", Number(expected, "k2"), law.K2, 0, 1e-8);
        Near("log_linear_fit.sse", Number(expected, "sse"), law.SquaredError(points), 0, 1e-8);
    }

    private static void CheckChoices(JsonElement table, JsonElement root, ScalingLaw law, double rtol, double errorTolerance)
    {
        var lists = root.GetProperty("compute_optimal");
        double[] sizes = Numbers(lists.GetProperty("sizes_billion")), tokens = Numbers(lists.GetProperty("tokens"));
        foreach (var row in table.GetProperty("rows").EnumerateArray())
        {
            var plan = new ComputePlan(law, Number(row, "Q"), Number(row, "budget_gflop"));
            string at = $"Q={plan.TextTokens} budget={plan.GigaFlops}";
            CheckChoice($"{at} continuous", row.GetProperty("continuous"), plan.Continuous(), rtol, errorTolerance);
            CheckChoice($"{at} measured_tokens_any_size", row.GetProperty("measured_tokens_any_size"), plan.AnySize(tokens), rtol, errorTolerance);
            var listed = row.GetProperty("listed_sizes_and_tokens");
            var choice = plan.Listed(sizes, tokens);
            Compare.Exact($"{at} nothing fits", listed.ValueKind == JsonValueKind.Null, choice is null);
            if (choice is { } found)
            {
                CheckChoice($"{at} listed", listed, found, 0, errorTolerance);
                Near($"{at} cost", Number(listed, "cost_gflop"), found.GigaFlops(plan.TextTokens), 0, 1e-12);
            }
        }
    }

    private static void CheckChoice(string name, JsonElement expected, ComputeChoice actual, double rtol, double errorTolerance)
    {
        Near($"{name}.visual_tokens", Number(expected, "visual_tokens"), actual.VisualTokens, 0, rtol);
        Near($"{name}.params_billion", Number(expected, "params_billion"), actual.ParamsBillion, 0, rtol);
        Near($"{name}.error", Number(expected, "error"), actual.Error, errorTolerance, 0);
    }

    private static void CheckParameters(string name, JsonElement expected, ScalingLaw law, double atol)
    {
        Near($"{name}.a", Number(expected, "a"), law.A, atol, 0);
        Near($"{name}.b", Number(expected, "b"), law.B, atol, 0);
        Near($"{name}.c", Number(expected, "c"), law.C, atol, 0);
        Near($"{name}.d", Number(expected, "d"), law.D, atol, 0);
    }

    private static ScalingPoint[] Points(JsonElement points) =>
        [.. points.EnumerateArray().Select(point => new ScalingPoint(Number(point, "params_billion"), Number(point, "visual_tokens"), Number(point, "error")))];

    private static IEnumerable<JsonElement> Rows(JsonElement root, string name) => root.GetProperty(name).GetProperty("rows").EnumerateArray();

    private static GridAxis Axis(JsonElement axes, string name) =>
        new(Number(axes.GetProperty(name), "from"), Number(axes.GetProperty(name), "to"), axes.GetProperty(name).GetProperty("points").GetInt32());

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private static void Near(string name, double expected, double actual, double atol, double rtol)
    {
        if (!(Math.Abs(actual - expected) <= atol + (rtol * Math.Abs(expected))))
        {
            throw new GoldenMismatchException($"{name} is {actual:R}, expected {expected:R} (atol {atol}, rtol {rtol})");
        }
    }
}
