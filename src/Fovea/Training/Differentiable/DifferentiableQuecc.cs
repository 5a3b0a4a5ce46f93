using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>The compressor that <see cref="QueccLayer"/> runs, on a tape.</summary>
internal sealed class DifferentiableQuecc
{
    private const float Epsilon = 1e-6f;

    private readonly QueccGrid _grid;
    private readonly int _width;
    private readonly AttentionSettings _attention;
    private readonly Parameter _inWeight;
    private readonly Parameter _inBias;
    private readonly DifferentiableLinear _out;
    private readonly Map _query;
    private readonly Map _key;
    private readonly Map _value;
    private readonly Parameter _filters;
    private readonly Parameter _offset;
    private readonly Map _text;

    /// <summary>Reads the compressor by the names that follow <c>model.mm_projector.0.</c> in a checkpoint, in the order in which the reference registers them.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public DifferentiableQuecc(ParameterScope scope, WeightReader weights, QueccConfig config, int levelsWidth)
    {
        _grid = config.Grid;
        _width = config.Width;
        int size = _width / QueccConfig.Heads;
        _attention = new AttentionSettings(QueccConfig.Heads, QueccConfig.Heads, size, 1 / MathF.Sqrt(size), Causal: false);
        var attention = weights.At("clip_attn");
        _inWeight = scope.Read(attention, "in_proj_weight", 3 * _width, _width);
        _inBias = scope.Read(attention, "in_proj_bias", 3 * _width);
        _out = DifferentiableLinear.Load(scope, attention.At("out_proj"), _width, _width, bias: true);
        _query = Map.Load(scope, weights.At("q_proj"), _width, [0, 2], _width);
        _key = Map.Load(scope, weights.At("k_proj"), levelsWidth, [0, 2], _width);
        _value = Map.Load(scope, weights.At("v_proj"), levelsWidth, [0, 2], _width);
        _filters = scope.Read(weights.At("q_downsample"), "weight", _width, 1, _grid.Kernel, _grid.Kernel);
        _offset = scope.Read(weights.At("q_downsample"), "bias", _width);
        _text = Map.Load(scope, weights.At("text_projection"), config.TextWidth, [0], _width);
    }

    /// <summary>Patches to tokens. A picture that is asked about several times makes its keys and values once.</summary>
    /// <param name="tape">Where it is recorded.</param>
    /// <param name="levels">[pictures · patches, levels width], the patches row by row.</param>
    /// <param name="text">[questions, text width].</param>
    /// <param name="patches">[pictures · patches, width].</param>
    /// <param name="asked">The picture of each question.</param>
    /// <returns>[questions · tokens, width], the cells row by row.</returns>
    public Variable Forward(Tape tape, Variable levels, Variable text, Variable patches, IReadOnlyList<int> asked)
    {
        int questions = asked.Count, window = _grid.WindowPatches;
        var own = tape.Gather(patches, Rows(asked, _grid.Patches));
        var told = tape.Add(tape.Reshape(own, questions, _grid.Patches, _width), tape.Reshape(_text.Forward(tape, text), questions, 1, _width));
        var map = _query.Forward(tape, tape.Reshape(told, own.Value.Rows, _width));
        var cells = tape.ConvolveDepthwise(map, _filters, _offset, new PatchGrid(questions, _grid.Side, _grid.Side, _grid.Kernel, _grid.Stride));

        // What follows works on rows, so they are brought into the order of the windows where they are not differentiated yet.
        var ordered = tape.Gather(levels, _grid.WindowOrder(levels.Value.Rows / _grid.Patches));
        AttentionRange[] windows = [.. Rows(asked, _grid.Tokens).Select((cell, query) => new AttentionRange(query, 1, cell * window, window))];
        var attended = tape.Attention(
            Part(tape, 0, cells), Part(tape, 1, _key.Forward(tape, ordered)), Part(tape, 2, _value.Forward(tape, ordered)), windows, _attention);
        return _out.Forward(tape, attended);
    }

    /// <summary>The rows of some pictures, one picture after the other.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="count">Rows of each.</param>
    public static int[] Rows(IReadOnlyList<int> pictures, int count) => [.. pictures.SelectMany(picture => Enumerable.Range(picture * count, count))];

    /// <summary>One of the three projections that lie in one matrix: queries, keys, values.</summary>
    private Variable Part(Tape tape, int index, Variable rows) =>
        tape.Linear(rows, tape.Concatenate((_inWeight, index * _width, _width)), tape.Concatenate((_inBias, index * _width, _width)));

    /// <summary>Linear layers with GELU between them, then a norm.</summary>
    private sealed record Map(DifferentiableMlp Mlp, Parameter Weight, Parameter Bias)
    {
        /// <summary>Reads linear layers by their places in a list, and the norm behind the last.</summary>
        public static Map Load(ParameterScope scope, WeightReader weights, int inputs, int[] places, int width) => new(
            new DifferentiableMlp([.. places.Select(place => DifferentiableLinear.Load(scope, weights.At(place), place == 0 ? inputs : width, width, bias: true))], Activation.Gelu),
            scope.Read(weights.At(places[^1] + 1), "weight", width),
            scope.Read(weights.At(places[^1] + 1), "bias", width));

        public Variable Forward(Tape tape, Variable rows) => tape.LayerNorm(Mlp.Forward(tape, rows), Weight, Bias, Epsilon);
    }
}
