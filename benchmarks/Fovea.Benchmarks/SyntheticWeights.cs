using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Benchmarks;

/// <summary>Random bf16 weights under the names of real checkpoints. The spread keeps activations in a normal range.</summary>
internal sealed class SyntheticWeights
{
    // Numbers that repeat after a prime number of them are as good here as new ones, and drawing billions takes minutes.
    private static readonly float[] Noise = MakeNoise(1_048_573);

    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private int _next;

    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    public void Add(string name, params int[] shape)
    {
        bool ones = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) && shape.Length == 1;
        var tensor = Tensor.Allocate(ElementType.BF16, new Shape(shape));
        float scale = shape.Length > 1 ? 1.7f / MathF.Sqrt(tensor.RowLength) : 0.02f;
        for (int row = 0; row < tensor.Rows; row++)
        {
            foreach (ref var value in tensor.Row<BFloat16>(row))
            {
                value = BFloat16.Round(ones ? 1 : Noise[_next] * scale);
                _next = _next + 1 < Noise.Length ? _next + 1 : 0;
            }
        }

        _tensors.Add(name, tensor);
    }

    public void Linear(string name, int outputs, int inputs, bool bias)
    {
        Add(name + ".weight", outputs, inputs);
        if (bias)
        {
            Add(name + ".bias", outputs);
        }
    }

    public void Norm(string name, int width, bool bias)
    {
        Add(name + ".weight", width);
        if (bias)
        {
            Add(name + ".bias", width);
        }
    }

    /// <summary>A Llama-like language model; the names below <paramref name="prefix"/> are those of Hugging Face.</summary>
    public void Decoder(string prefix, string? head, DecoderShape shape)
    {
        Add(prefix + "embed_tokens.weight", shape.Vocabulary, shape.Hidden);
        Norm(prefix + "norm", shape.Hidden, bias: false);
        for (int i = 0; i < shape.Layers; i++)
        {
            DecoderLayer($"{prefix}layers.{i}.", shape);
        }

        if (head is not null)
        {
            Add(head, shape.Vocabulary, shape.Hidden);
        }
    }

    /// <summary>One layer of it.</summary>
    public void DecoderLayer(string layer, DecoderShape shape)
    {
        var (hidden, inner, _, heads, keyHeads, headSize, _) = shape;
        Norm(layer + "input_layernorm", hidden, bias: false);
        Norm(layer + "post_attention_layernorm", hidden, bias: false);
        Linear(layer + "self_attn.q_proj", heads * headSize, hidden, shape.Bias);
        Linear(layer + "self_attn.k_proj", keyHeads * headSize, hidden, shape.Bias);
        Linear(layer + "self_attn.v_proj", keyHeads * headSize, hidden, shape.Bias);
        Linear(layer + "self_attn.o_proj", hidden, heads * headSize, bias: false);
        if (shape.HeadNorm)
        {
            Norm(layer + "self_attn.q_norm", headSize, bias: false);
            Norm(layer + "self_attn.k_norm", headSize, bias: false);
        }

        Linear(layer + "mlp.gate_proj", inner, hidden, bias: false);
        Linear(layer + "mlp.up_proj", inner, hidden, bias: false);
        Linear(layer + "mlp.down_proj", hidden, inner, bias: false);
    }

    /// <summary>InternLM2: queries, keys and values in one matrix, other names.</summary>
    public void InternLm2(string prefix, string head, DecoderShape shape)
    {
        var (hidden, inner, layers, heads, keyHeads, headSize, vocabulary) = shape;
        Add(prefix + "tok_embeddings.weight", vocabulary, hidden);
        Norm(prefix + "norm", hidden, bias: false);
        for (int i = 0; i < layers; i++)
        {
            string layer = $"{prefix}layers.{i}.";
            Norm(layer + "attention_norm", hidden, bias: false);
            Norm(layer + "ffn_norm", hidden, bias: false);
            Linear(layer + "attention.wqkv", (heads + (2 * keyHeads)) * headSize, hidden, bias: false);
            Linear(layer + "attention.wo", hidden, heads * headSize, bias: false);
            Linear(layer + "feed_forward.w1", inner, hidden, bias: false);
            Linear(layer + "feed_forward.w3", inner, hidden, bias: false);
            Linear(layer + "feed_forward.w2", hidden, inner, bias: false);
        }

        Add(head, vocabulary, hidden);
    }

    /// <summary>CLIP's (with a class token) or SigLIP's vision transformer.</summary>
    public void ClipTower(string prefix, EncoderShape shape, bool classToken)
    {
        var (width, inner, blocks, side, patch) = shape;
        int patches = side / patch * (side / patch);
        Add(prefix + "embeddings.patch_embedding.weight", width, 3, patch, patch);
        Add(prefix + "embeddings.position_embedding.weight", patches + (classToken ? 1 : 0), width);
        if (classToken)
        {
            Add(prefix + "embeddings.class_embedding", width);
            Norm(prefix + "pre_layrnorm", width, bias: true);
        }
        else
        {
            Add(prefix + "embeddings.patch_embedding.bias", width);
        }

        for (int i = 0; i < blocks; i++)
        {
            string block = $"{prefix}encoder.layers.{i}.";
            Norm(block + "layer_norm1", width, bias: true);
            Norm(block + "layer_norm2", width, bias: true);
            foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
            {
                Linear(block + "self_attn." + projection, width, width, bias: true);
            }

            Linear(block + "mlp.fc1", inner, width, bias: true);
            Linear(block + "mlp.fc2", width, inner, bias: true);
        }
    }

    /// <summary>InternViT in its original layout.</summary>
    public void InternVit(string prefix, EncoderShape shape)
    {
        var (width, inner, blocks, side, patch) = shape;
        Add(prefix + "embeddings.class_embedding", 1, 1, width);
        Linear4(prefix + "embeddings.patch_embedding", width, patch);
        Add(prefix + "embeddings.position_embedding", 1, (side / patch * (side / patch)) + 1, width);
        for (int i = 0; i < blocks; i++)
        {
            string block = $"{prefix}encoder.layers.{i}.";
            Norm(block + "norm1", width, bias: true);
            Norm(block + "norm2", width, bias: true);
            Add(block + "ls1", width);
            Add(block + "ls2", width);
            Linear(block + "attn.qkv", 3 * width, width, bias: true);
            Linear(block + "attn.proj", width, width, bias: true);
            Linear(block + "mlp.fc1", inner, width, bias: true);
            Linear(block + "mlp.fc2", width, inner, bias: true);
        }
    }

    private void Linear4(string name, int width, int patch)
    {
        Add(name + ".weight", width, 3, patch, patch);
        Add(name + ".bias", width);
    }

    /// <summary>Uniform numbers from −1 to 1.</summary>
    private static float[] MakeNoise(int count)
    {
        var random = new SplitMix64(1);
        var noise = new float[count];
        foreach (ref float value in noise.AsSpan())
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        return noise;
    }
}
