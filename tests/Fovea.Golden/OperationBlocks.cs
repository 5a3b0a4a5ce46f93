using Fovea.Tensors.Autograd;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>The composed cases of <c>training/ops</c>.</summary>
internal sealed class OperationBlocks(OperationCase run)
{
    private readonly Tape _tape = run.Tape;

    public Variable GatedMlp() => GatedMlp(run["x"], "gate", "up", "down");

    public Variable LlamaLayer()
    {
        var input = run["x"];
        int batch = input.Shape[0], tokens = input.Shape[1];
        int heads = run.Integer("num_attention_heads"), kvHeads = run.Integer("num_key_value_heads"), d = run.Integer("head_dim");
        float epsilon = run.Number("rms_norm_eps");
        var x = run.Rows(input);
        var (cos, sin) = OperationCase.Angles([.. Enumerable.Range(0, batch * tokens).Select(i => i % tokens)], d, run.Number("rope_theta"));
        var normed = _tape.RmsNorm(x, run["input_layernorm.weight"], epsilon);
        var attended = _tape.Attention(
            _tape.Rotate(Project(normed, "self_attn.q_proj"), cos, sin),
            _tape.Rotate(Project(normed, "self_attn.k_proj"), cos, sin),
            Project(normed, "self_attn.v_proj"),
            Sequences(batch, tokens, tokens),
            new AttentionSettings(heads, kvHeads, d, 1 / MathF.Sqrt(d), Causal: true));
        x = _tape.Add(x, Project(attended, "self_attn.o_proj"));
        return _tape.Add(
            x, GatedMlp(_tape.RmsNorm(x, run["post_attention_layernorm.weight"], epsilon), "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight"));
    }

    public Variable ClipBlock()
    {
        var input = run["x"];
        int heads = run.Integer("num_attention_heads"), d = input.Shape[-1] / heads;
        var x = run.Rows(input);
        var normed = Norm(x, "layer_norm1");
        var attended = _tape.Attention(
            Project(normed, "self_attn.q_proj"),
            Project(normed, "self_attn.k_proj"),
            Project(normed, "self_attn.v_proj"),
            Sequences(input.Shape[0], input.Shape[1], input.Shape[1]),
            new AttentionSettings(heads, heads, d, 1 / MathF.Sqrt(d), Causal: false));
        x = _tape.Add(x, Project(attended, "self_attn.out_proj"));
        var activation = run.Text("hidden_act") switch
        {
            "quick_gelu" => Activation.QuickGelu,
            "gelu" => Activation.Gelu,
            "gelu_pytorch_tanh" => Activation.GeluTanh,
            var other => throw new GoldenMismatchException($"the activation {other} is not understood"),
        };
        return _tape.Add(x, Project(_tape.Activate(Project(Norm(x, "layer_norm2"), "mlp.fc1"), activation), "mlp.fc2"));
    }

    public Variable CrossAttention()
    {
        Variable query = run["query"], key = run["key"], weight = run["in_proj_weight"], bias = run["in_proj_bias"];
        int width = run.Integer("embed_dim"), heads = run.Integer("num_heads"), d = width / heads;
        var attended = _tape.Attention(
            Third(query, 0),
            Third(key, 1),
            Third(run["value"], 2),
            Sequences(query.Shape[0], query.Shape[1], key.Shape[1]),
            new AttentionSettings(heads, heads, d, 1 / MathF.Sqrt(d), Causal: false));
        return run.Optional("out_proj.weight") is { } output ? _tape.Linear(attended, output, run.Optional("out_proj.bias")) : attended;

        Variable Third(Variable x, int index) =>
            _tape.Linear(run.Rows(x), _tape.Concatenate((weight, index * width, width)), _tape.Reshape(_tape.Concatenate((bias, index * width, width)), width));
    }

    private Variable GatedMlp(Variable x, string gate, string up, string down)
    {
        var gated = _tape.Multiply(_tape.Activate(_tape.Linear(x, run[gate]), Activation.Silu), _tape.Linear(x, run[up]));
        return _tape.Linear(gated, run[down]);
    }

    private Variable Project(Variable x, string name) => _tape.Linear(x, run[name + ".weight"], run.Optional(name + ".bias"));

    private Variable Norm(Variable x, string name) => _tape.LayerNorm(x, run[name + ".weight"], run[name + ".bias"], run.Number("layer_norm_eps"));

    private static AttentionRange[] Sequences(int batch, int queries, int keys) =>
        [.. Enumerable.Range(0, batch).Select(row => new AttentionRange(row * queries, queries, row * keys, keys))];
}
