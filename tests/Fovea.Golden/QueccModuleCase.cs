using System.Text.Json;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Training.Differentiable;

namespace Fovea.Golden;

/// <summary><c>training/quecc-module</c>: the compressor with its projector, step by step; and which grids there are.</summary>
internal static class QueccModuleCase
{
    private const string Parameters = "model.mm_projector.", Gradient = "grad.";

    public static void Run(GoldenCase golden)
    {
        if (golden.Root.TryGetProperty("rows", out var rows))
        {
            CheckGrids(rows);
            return;
        }

        using var compute = new Compute();
        var keys = new ConfigReader("options", golden.Options);
        var grid = QueccGrid.Of(
            keys.Count("mm_vision_output_token_count"), keys.Count("mm_vision_token_compression_kernel_size"), keys.Count("mm_vision_token_compression_stride"));
        Compare.Exact("output_tokens", keys.Count("output_tokens"), grid.Tokens);
        Compare.Exact("window", keys.Count("window"), grid.WindowPatches);
        Compare.Exact("num_heads", keys.Count("num_heads"), QueccConfig.Heads);
        var weights = new WeightReader(golden.Path, Weights(golden));
        int width = keys.Count("mm_hidden_size"), hidden = keys.Count("hidden_size"), layers = OriginalConfig.ProjectorLayers(keys);
        using var quecc = QueccLayer.Load(weights.At(0), new QueccConfig(grid, width, keys.Count("mm_vision_output_text_embedding_size")), compute);
        using var projector = new Mlp(
            [.. Enumerable.Range(0, layers).Select(layer => Linear.Load(weights.At(1 + (2 * layer)), layer == 0 ? width : hidden, hidden, bias: true, compute))], Activation.Gelu);
        weights.CheckAllTaken();
        Compare.Exact("kv_width", keys.Count("kv_width"), quecc.LevelsWidth);
        CheckForward(golden, compute, quecc, projector);
        if (golden.Expected.Any(expected => expected.Name.StartsWith(Gradient, StringComparison.Ordinal)))
        {
            using var scope = new ParameterScope(_ => true);
            var compressor = new DifferentiableQuecc(scope, weights.At(0), quecc.Config, quecc.LevelsWidth);
            var linears = Enumerable.Range(0, layers).Select(layer => DifferentiableLinear.Load(scope, weights.At(1 + (2 * layer)), layer == 0 ? width : hidden, hidden, bias: true));
            CheckGradients(golden, compute, scope, compressor, new DifferentiableMlp([.. linears], Activation.Gelu));
        }
    }

    private static void CheckGradients(GoldenCase golden, Compute compute, ParameterScope scope, DifferentiableQuecc quecc, DifferentiableMlp projector)
    {
        using var tape = new Tape(compute);
        var inputs = new[] { "multi", "text", "single" }.ToDictionary(name => name, name => tape.Leaf(Rows(Input(golden, name))));
        var tokens = quecc.Forward(tape, inputs["multi"], inputs["text"], inputs["single"], [.. Enumerable.Range(0, inputs["text"].Value.Rows)]);
        var projected = projector.Forward(tape, tokens);
        tape.Backward(projected, Rows(Input(golden, "loss_weights")));
        var parameters = scope.All.ToDictionary(parameter => Parameters + parameter.Name, parameter => (Variable)parameter);
        foreach (string name in golden.Expected.Select(expected => expected.Name))
        {
            switch (name)
            {
                case "quecc":
                    golden.Check(name, tokens.Value.AsSpan<float>());
                    break;
                case "projected":
                    golden.Check(name, projected.Value.AsSpan<float>());
                    break;
                case not null when name.StartsWith(Gradient, StringComparison.Ordinal):
                    golden.Check(name, Flowing(name[Gradient.Length..]));
                    break;
            }
        }

        float[] Flowing(string name)
        {
            const string RowSums = "_rows";
            bool sums = name.EndsWith(RowSums, StringComparison.Ordinal);
            string of = sums ? name[..^RowSums.Length] : name;
            var gradient = (inputs.GetValueOrDefault(of) ?? parameters.GetValueOrDefault(of))?.Gradient ?? throw new GoldenMismatchException($"nothing flows to {of}");
            return sums ? [.. Enumerable.Range(0, gradient.Rows).Select(row => gradient.Row<float>(row).ToArray().Sum())] : gradient.AsSpan<float>().ToArray();
        }
    }

    private static void CheckForward(GoldenCase golden, Compute compute, QueccLayer quecc, Mlp projector)
    {
        Tensor levels = Rows(Input(golden, "multi")), single = Rows(Input(golden, "single")), feature = Rows(Input(golden, "text"));
        var text = quecc.ProjectText(compute, feature);
        var map = quecc.MapQueries(compute, single, text);
        var cells = quecc.Downsample(compute, map);
        var captures = new AttentionCapture[cells.Rows];
        for (int cell = 0; cell < captures.Length; cell++)
        {
            captures[cell] = new AttentionCapture { Rows = [0], Probabilities = Tensor.Allocate(QueccConfig.Heads, 1, quecc.Config.Grid.WindowPatches) };
        }

        var tokens = quecc.Attend(compute, cells, levels, captures);
        var projected = projector.Forward(compute, tokens);
        foreach (string name in golden.Expected.Select(expected => expected.Name).Where(name => !name.StartsWith(Gradient, StringComparison.Ordinal)))
        {
            golden.Check(name, name switch
            {
                "text_projected" => text.AsSpan<float>(),
                "query_map" => map.AsSpan<float>(),
                "downsampled_query" => cells.AsSpan<float>(),
                "attention" => ByHead(captures, quecc.Config.Grid.Tokens),
                "quecc" => tokens.AsSpan<float>(),
                "projected" => projected.AsSpan<float>(),
                "loss" => [(float)Loss(projected, golden.Input("loss_weights"))],
                "quecc_rows" => Some(golden, tokens, 1),
                "projected_rows" => Some(golden, projected, 7),
                "quecc_summary" => Summary(tokens),
                "projected_summary" => Summary(projected),
                _ => throw new GoldenMismatchException($"the expectation {name} is not understood"),
            });
        }
    }

    private static void CheckGrids(JsonElement rows)
    {
        foreach (var row in rows.EnumerateArray())
        {
            int patches = row.GetProperty("tokens").GetInt32(), kernel = row.GetProperty("kernel").GetInt32(), stride = row.GetProperty("stride").GetInt32();
            string name = $"{patches} patches, kernel {kernel}, stride {stride}";
            try
            {
                var grid = QueccGrid.Of(patches, kernel, stride);
                Compare.Exact($"{name}: ok", row.GetProperty("ok").GetBoolean(), true);
                Compare.Exact($"{name}: output_tokens", row.GetProperty("output_tokens").GetInt32(), grid.Tokens);
                Compare.Exact($"{name}: window", row.GetProperty("window").GetInt32(), grid.WindowPatches);
            }
            catch (ArgumentException)
            {
                Compare.Exact($"{name}: ok", row.GetProperty("ok").GetBoolean(), false);
            }
        }
    }

    private static Dictionary<string, Tensor> Weights(GoldenCase golden)
    {
        const string Stored = "param.";
        var names = golden.Root.TryGetProperty("generators", out var generators)
            ? generators.EnumerateObject().Select(generator => generator.Name)
            : golden.Root.GetProperty("inputs").EnumerateObject().Where(input => input.Name.StartsWith(Stored, StringComparison.Ordinal)).Select(input => input.Name[Stored.Length..]);
        return names.Where(name => name.StartsWith(Parameters, StringComparison.Ordinal))
            .ToDictionary(name => name[Parameters.Length..], name => Input(golden, golden.HasInput(Stored + name) ? Stored + name : name));
    }

    /// <summary>A tensor of the case, stored or made by its generator.</summary>
    private static Tensor Input(GoldenCase golden, string name) =>
        golden.Root.TryGetProperty("generators", out var generators) && generators.TryGetProperty(name, out var generator) ? HashTensor.Of(generator) : golden.Input(name);

    private static Tensor Rows(Tensor tensor) => Tensor.From(tensor.AsSpan<float>(), (int)(tensor.Shape.Count / tensor.Shape[-1]), tensor.Shape[-1]);

    /// <summary>[pictures, heads, cells, keys] of one capture per cell.</summary>
    private static float[] ByHead(AttentionCapture[] captures, int cells) =>
    [
        .. from picture in captures.Chunk(cells)
           from head in Enumerable.Range(0, QueccConfig.Heads)
           from cell in picture
           from probability in cell.Probabilities?.Row<float>(head).ToArray() ?? []
           select probability,
    ];

    private static double Loss(Tensor projected, Tensor weights)
    {
        double sum = 0;
        for (int i = 0; i < projected.Shape.Count; i++)
        {
            sum += (double)projected.AsSpan<float>()[i] * weights.AsSpan<float>()[i];
        }

        return sum;
    }

    private static float[] Some(GoldenCase golden, Tensor tokens, int step) =>
        [.. golden.Input("rows").AsSpan<long>().ToArray().SelectMany(row => tokens.Row<float>((int)row).ToArray().Where((_, i) => i % step == 0))];

    private static float[] Summary(Tensor tokens)
    {
        double sum = 0, squares = 0;
        foreach (float value in tokens.AsSpan<float>())
        {
            sum += value;
            squares += (double)value * value;
        }

        return [(float)sum, (float)Math.Sqrt(squares)];
    }
}
