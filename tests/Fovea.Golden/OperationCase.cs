using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>training/ops</c>: one operation, its result, and the gradients of sum(y ⊙ out_weights).</summary>
internal sealed partial class OperationCase
{
    private static readonly (string Prefix, Func<OperationCase, Variable> Run)[] Operations =
    [
        ("adaptive-average-pool", run => run.Resample((h, w) => Resampling.AdaptiveAveragePool(h, w, run.Size[0], run.Size[1]))),
        ("add", run => run._tape.Add(run["a"], run["b"])),
        ("attention", run => run.Attention()),
        ("average-pool", run => run.Resample((h, w) => Resampling.AveragePool(h, w, run.Integer("kernel")))),
        ("clip-block", run => new OperationBlocks(run).ClipBlock()),
        ("concat-split", run => run.Splice()),
        ("conv2d", run => run.Convolve()),
        ("cross-attention", run => new OperationBlocks(run).CrossAttention()),
        ("cross-entropy", run => run.CrossEntropy()),
        ("embedding", run => run._tape.Gather(run["weight"], run.Integers("ids"))),
        ("gated-mlp", run => new OperationBlocks(run).GatedMlp()),
        ("gather-rows", run => run._tape.Gather(run["x"], run.Integers("index"))),
        ("gelu-erf", run => run._tape.Activate(run["x"], Activation.Gelu)),
        ("gelu-tanh", run => run._tape.Activate(run["x"], Activation.GeluTanh)),
        ("interpolate", run => run.Interpolate()),
        ("l2-normalise", run => run._tape.Normalize(run["x"], run.Number("eps"))),
        ("layer-norm", run => run._tape.LayerNorm(run["x"], run["weight"], run["bias"], run.Number("eps"))),
        ("linear", run => run._tape.Linear(run["x"], run["weight"], run.Optional("bias"))),
        ("llama-layer", run => new OperationBlocks(run).LlamaLayer()),
        ("log-softmax", run => run._tape.LogSoftmax(run["x"])),
        ("matmul-transposed", run => run._tape.MatrixProduct(run["a"], run["b"], transposeB: true)),
        ("matmul", run => run._tape.MatrixProduct(run["a"], run["b"])),
        ("mean-variance", run => run.Moments()),
        ("multiply", run => run._tape.Multiply(run["a"], run["b"])),
        ("quick-gelu", run => run._tape.Activate(run["x"], Activation.QuickGelu)),
        ("relu", run => run._tape.Activate(run["x"], Nonlinearity.Relu)),
        ("rms-norm", run => run._tape.RmsNorm(run["x"], run["weight"], run.Number("eps"))),
        ("rope", run => run.Rope()),
        ("sigmoid", run => run._tape.Activate(run["x"], Nonlinearity.Sigmoid)),
        ("silu", run => run._tape.Activate(run["x"], Activation.Silu)),
        ("softmax", run => run.Softmax()),
        ("tanh", run => run._tape.Activate(run["x"], Nonlinearity.Tanh)),
        ("weighted-merge", run => run._tape.MatrixProduct(run._tape.Proportions(run["map"]), run["x"])),
    ];

    private readonly GoldenCase _golden;
    private readonly Tape _tape;
    private readonly Dictionary<string, Variable> _inputs = [];

    private OperationCase(GoldenCase golden, Tape tape) => (_golden, _tape) = (golden, tape);

    public Tape Tape => _tape;

    public Variable this[string name]
    {
        get
        {
            if (!_inputs.TryGetValue(name, out var variable))
            {
                _inputs.Add(name, variable = _tape.Leaf(_golden.Input(name)));
            }

            return variable;
        }
    }

    private int[] Size => [.. Option("size").EnumerateArray().Select(extent => extent.GetInt32())];

    public static void Run(GoldenCase golden)
    {
        using var compute = new Compute();
        using var tape = new Tape(compute);
        var run = new OperationCase(golden, tape);
        string name = golden.Root.GetProperty("name").GetString() ?? "";
        var operation = Operations.Where(entry => name.StartsWith(entry.Prefix, StringComparison.Ordinal)).MaxBy(entry => entry.Prefix.Length);
        var y = (operation.Run ?? throw new GoldenMismatchException($"the operation of {name} is not understood"))(run);
        var result = y.Value.AsSpan<float>().ToArray();
        tape.Backward(y, golden.Input("out_weights"));
        foreach (var expected in golden.Expected)
        {
            if (expected.Name == "y")
            {
                golden.Check("y", result);
            }
            else if (expected.Name.StartsWith("grad.", StringComparison.Ordinal))
            {
                var input = run._inputs.GetValueOrDefault(expected.Name[5..]) ?? throw new GoldenMismatchException($"{expected.Name} belongs to no input");
                golden.Check(expected.Name, input.Gradient is { } gradient ? gradient.AsSpan<float>() : new float[input.Shape.Count]);
            }
            else
            {
                throw new GoldenMismatchException($"the case expects {expected.Name}, which is not understood");
            }
        }
    }

    public Variable? Optional(string name) => _golden.HasInput(name) ? this[name] : null;

    public int Integer(string option) => Option(option).GetInt32();

    public float Number(string option) => (float)Option(option).GetDouble();

    public string Text(string option) => Option(option).GetString() ?? "";

    public int[] Integers(string input)
    {
        var tensor = _golden.Input(input);
        return tensor.ElementType switch
        {
            ElementType.I64 => [.. tensor.AsSpan<long>().ToArray().Select(value => checked((int)value))],
            ElementType.I32 => tensor.AsSpan<int>().ToArray(),
            ElementType.U8 or ElementType.Bool => [.. tensor.AsSpan<byte>().ToArray().Select(value => (int)value)],
            _ => throw new GoldenMismatchException($"{input} is stored as {tensor.ElementType}, not as integers"),
        };
    }

    public Variable Rows(Variable x) => _tape.Reshape(x, (int)(x.Shape.Count / x.Shape[-1]), x.Shape[-1]);

    private JsonElement Option(string name) =>
        _golden.Options.TryGetProperty(name, out var value) ? value : throw new GoldenMismatchException($"the case has no option {name}");

    private bool Has(string option) => _golden.Options.TryGetProperty(option, out var value) && value.ValueKind != JsonValueKind.Null;

    private Variable Attention()
    {
        Variable q = this["q"], k = this["k"], v = this["v"];
        var causal = Option("causal");
        int batch = q.Shape[0], queries = q.Shape[1], keys = k.Shape[1], d = Integer("head_dim");
        float scale = Has("scale") && Option("scale").ValueKind == JsonValueKind.Number ? Number("scale") : 1 / MathF.Sqrt(d);
        var settings = new AttentionSettings(Integer("num_heads"), Integer("num_key_value_heads"), d, scale, causal.ValueKind is JsonValueKind.True or JsonValueKind.String);
        int[]? lengths = _golden.HasInput("lengths") ? Integers("lengths") : null;
        var ranges = new List<AttentionRange>();
        for (int row = 0; row < batch; row++)
        {
            int length = lengths?[row] ?? keys, real = lengths is null ? queries : Math.Min(queries, length);
            ranges.Add(new AttentionRange(row * queries, real, row * keys, length));
            for (int padding = real; padding < queries; padding++)
            {
                ranges.Add(new AttentionRange((row * queries) + padding, 1, row * keys, length));
            }
        }

        Variable? bias = Optional("bias") is { } all ? _tape.Reshape(all, batch * keys) : null;
        return _tape.Attention(Rows(q), Rows(k), Rows(v), [.. ranges], settings, bias);
    }

    private Variable CrossEntropy()
    {
        var logits = this["logits"];
        int[] labels = Integers("labels");
        int tokens = logits.Shape[-2], ignored = Has("ignore_index") ? Integer("ignore_index") : Tape.IgnoredLabel;

        // A given denominator belongs to the loss of a causal language model, which shifts.
        if (Has("shift") || Has("denominator"))
        {
            labels = [.. labels.Select((_, i) => (i + 1) % tokens == 0 ? ignored : labels[i + 1])];
        }

        double? denominator = Has("denominator") ? Number("denominator") : Has("reduction") && Text("reduction").StartsWith("sum", StringComparison.Ordinal) ? 1 : null;
        return _tape.CrossEntropy(logits, labels, denominator, ignored);
    }

    private Variable Splice()
    {
        Variable a = this["a"], b = this["b"];
        var place = PlaceOfSplice().Match(_golden.Root.GetProperty("notes").GetString() ?? "");
        int row = place.Success ? int.Parse(place.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : a.Value.Rows;
        return _tape.Concatenate((a, 0, row), (b, 0, b.Value.Rows), (a, row, a.Value.Rows - row));
    }

    private Variable Moments()
    {
        var x = this["x"];
        Variable mean = _tape.Mean(x), variance = _tape.Variance(x);
        int count = (int)mean.Shape.Count;
        return _tape.Concatenate((_tape.Reshape(mean, 1, count), 0, 1), (_tape.Reshape(variance, 1, count), 0, 1));
    }

    private Variable Rope()
    {
        var x = this["x"];
        Compare.Text("options.layout", "half split (rotate_half)", Text("layout"));
        int batch = x.Shape[0], heads = x.Shape[1], tokens = x.Shape[2], d = x.Shape[3];
        var (cos, sin) = Angles(Integers("positions"), d, Number("theta"));
        var rows = _tape.Reshape(_tape.Permute(x, 0, 2, 1, 3), batch * tokens, heads * d);
        return _tape.Permute(_tape.Reshape(_tape.Rotate(rows, cos, sin), batch, tokens, heads, d), 0, 2, 1, 3);
    }

    public static (Tensor Cos, Tensor Sin) Angles(int[] positions, int d, float theta)
    {
        Tensor cos = Tensor.Allocate(positions.Length, d / 2), sin = Tensor.Allocate(positions.Length, d / 2);
        for (int token = 0; token < positions.Length; token++)
        {
            for (int i = 0; i < d / 2; i++)
            {
                double angle = positions[token] * Math.Pow(theta, -2.0 * i / d);
                (cos.Row<float>(token)[i], sin.Row<float>(token)[i]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            }
        }

        return (cos, sin);
    }

    private Variable Softmax() =>
        _tape.Softmax(this["x"], _golden.HasInput("visible") ? [.. Integers("visible").Select(flag => flag != 0)] : null);

    private Variable Interpolate()
    {
        var target = _golden.Input("out_weights").Shape;
        int rows = target[-2], columns = target[-1];
        string mode = Text("mode");
        foreach (string option in (string[])["align_corners", "antialias"])
        {
            if (Has(option) && Option(option).GetBoolean())
            {
                throw new GoldenMismatchException($"the option {option} is not understood");
            }
        }

        return Resample((h, w) => mode switch
        {
            "bilinear" => Resampling.Bilinear(h, w, rows, columns),
            "bicubic" => Resampling.Bicubic(h, w, rows, columns),
            _ when mode.StartsWith("nearest", StringComparison.Ordinal) => Resampling.Nearest(h, w, rows, columns),
            _ => throw new GoldenMismatchException($"the mode {mode} is not understood"),
        });
    }

    /// <summary>[n, c, h, w] as rows of pixels [h · w, n · c], mapped, and back.</summary>
    private Variable Resample(Func<int, int, RowMap> map)
    {
        var x = this["x"];
        int planes = x.Shape[0] * x.Shape[1], height = x.Shape[2], width = x.Shape[3];
        return _tape.Permute(_tape.Map(_tape.Permute(_tape.Reshape(x, planes, height * width), 1, 0), map(height, width)), 1, 0);
    }

    private Variable Convolve()
    {
        Variable x = this["x"], weight = this["weight"];
        int channels = x.Shape[1], groups = Has("groups") ? Integer("groups") : 1;
        var grid = new PatchGrid(x.Shape[0], x.Shape[2], x.Shape[3], weight.Shape[3], Integer("stride"), Has("padding") ? Integer("padding") : 0);
        var rows = _tape.Reshape(_tape.Permute(x, 0, 2, 3, 1), x.Shape[0] * x.Shape[2] * x.Shape[3], channels);
        var y = groups == 1 ? _tape.Convolve(rows, weight, Optional("bias"), grid)
            : groups == channels ? _tape.ConvolveDepthwise(rows, weight, Optional("bias"), grid)
            : throw new GoldenMismatchException($"{groups} groups of {channels} channels are not understood");
        return _tape.Permute(_tape.Reshape(y, grid.Pictures, grid.Rows, grid.Columns, weight.Shape[0]), 0, 3, 1, 2);
    }

    [GeneratedRegex("at row ([0-9]+)")]
    private static partial Regex PlaceOfSplice();
}
