using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>One decoder layer, as <see cref="DecoderLayer"/> computes it without a cache.</summary>
internal sealed class DifferentiableLayer
{
    private readonly TextConfig _config;
    private readonly AttentionSettings _attention;
    private readonly Parameter _inputNorm;
    private readonly Parameter _postNorm;
    private readonly Parameter? _queryNorm;
    private readonly Parameter? _keyNorm;
    private readonly DifferentiableLinear _query;
    private readonly DifferentiableLinear _key;
    private readonly DifferentiableLinear _value;
    private readonly DifferentiableLinear _output;
    private readonly DifferentiableLinear _gate;
    private readonly DifferentiableLinear _up;
    private readonly DifferentiableLinear _down;

    public DifferentiableLayer(ParameterScope scope, WeightReader weights, TextConfig config, int index)
    {
        int hidden = config.HiddenSize, queries = config.NumAttentionHeads * config.HeadDim, keys = config.NumKeyValueHeads * config.HeadDim;
        WeightReader attention = weights.At("self_attn"), mlp = weights.At("mlp");
        _config = config;
        _attention = new AttentionSettings(
            config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim, 1 / MathF.Sqrt(config.HeadDim), Causal: true, config.Windows[index]);
        _query = DifferentiableLinear.Load(scope, attention.At("q_proj"), hidden, queries, config.QkvBias);
        _key = DifferentiableLinear.Load(scope, attention.At("k_proj"), hidden, keys, config.QkvBias);
        _value = DifferentiableLinear.Load(scope, attention.At("v_proj"), hidden, keys, config.QkvBias);
        _output = DifferentiableLinear.Load(scope, attention.At("o_proj"), queries, hidden, config.OutputBias);
        _queryNorm = config.QueryKeyNorm ? scope.Read(attention.At("q_norm"), "weight", config.HeadDim) : null;
        _keyNorm = config.QueryKeyNorm ? scope.Read(attention.At("k_norm"), "weight", config.HeadDim) : null;
        _gate = DifferentiableLinear.Load(scope, mlp.At("gate_proj"), hidden, config.IntermediateSize, config.MlpBias);
        _up = DifferentiableLinear.Load(scope, mlp.At("up_proj"), hidden, config.IntermediateSize, config.MlpBias);
        _down = DifferentiableLinear.Load(scope, mlp.At("down_proj"), config.IntermediateSize, hidden, config.MlpBias);
        _inputNorm = scope.Read(weights.At("input_layernorm"), "weight", hidden);
        _postNorm = scope.Read(weights.At("post_attention_layernorm"), "weight", hidden);
    }

    /// <summary>[tokens, hidden] of packed sequences to [rows that are wanted, hidden].</summary>
    public Variable Forward(Tape tape, Variable hidden, PackedPositions positions)
    {
        var normed = tape.RmsNorm(hidden, _inputNorm, _config.RmsNormEps);
        var asking = positions.Rows is { } rows ? tape.Gather(normed, rows) : normed;
        var attended = tape.Attention(
            tape.Rotate(Normed(tape, _query.Forward(tape, asking), _queryNorm), positions.QueryCos, positions.QuerySin),
            tape.Rotate(Normed(tape, _key.Forward(tape, normed), _keyNorm), positions.Cos, positions.Sin),
            _value.Forward(tape, normed),
            positions.Ranges,
            _attention);
        hidden = tape.Add(positions.Rows is { } kept ? tape.Gather(hidden, kept) : hidden, _output.Forward(tape, attended));
        normed = tape.RmsNorm(hidden, _postNorm, _config.RmsNormEps);
        var gated = tape.Multiply(tape.Activate(_gate.Forward(tape, normed), _config.HiddenAct), _up.Forward(tape, normed));
        return tape.Add(hidden, _down.Forward(tape, gated));
    }

    private Variable Normed(Tape tape, Variable heads, Parameter? weight) => weight is null ? heads : tape.RmsNorm(heads, weight, _config.RmsNormEps);
}
