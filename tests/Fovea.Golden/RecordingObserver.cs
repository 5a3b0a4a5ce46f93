using Fovea.Generation;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>Copies what a prefill shows.</summary>
internal sealed class RecordingObserver(MultimodalModel model, Compute compute) : ForwardObserver
{
    private bool _prefilled;

    /// <summary>Encoder states by block, −1 = input of block 0.</summary>
    public Dictionary<int, Tensor> Encoder { get; } = [];

    /// <summary>Pictures that the encoder saw.</summary>
    public int Tiles { get; private set; }

    /// <summary>Encoder attention by block.</summary>
    public Dictionary<int, Tensor> EncoderAttention { get; } = [];

    /// <summary>Selected features.</summary>
    public Tensor Features { get; private set; } = Tensor.Allocate(0, 1);

    /// <summary>Visual tokens.</summary>
    public Tensor VisualTokens { get; private set; } = Tensor.Allocate(0, 1);

    /// <summary>What is added behind the first decoder layers.</summary>
    public Dictionary<int, Tensor> DeepStack { get; } = [];

    /// <summary>Decoder states by layer, −1 = input of layer 0.</summary>
    public Dictionary<int, Tensor> Decoder { get; } = [];

    /// <summary>The last states after the final norm.</summary>
    public Tensor Final { get; private set; } = Tensor.Allocate(0, 1);

    /// <summary>Logits of every sequence's last prompt token.</summary>
    public List<float[]> FirstLogits { get; } = [];

    /// <summary>Logits of every sequence's last token, pass by pass.</summary>
    public List<float[]> Logits { get; } = [];

    /// <summary>The question that the visual tokens depend on, as the language model read it.</summary>
    public IReadOnlyList<int> Question { get; private set; } = [];

    /// <summary>Its text feature.</summary>
    public Tensor TextFeature { get; private set; } = Tensor.Allocate(0, 1);

    public override void OnTextFeature(IReadOnlyList<int> question, Tensor feature) => (Question, TextFeature) = (question, Copy(feature));

    public override void OnEncoder(int block, Tensor states)
    {
        Tiles = states.Rows / model.Vision.TokensPerTile;
        Encoder[block] = Copy(states);
    }

    public override bool WantsEncoderAttention(int block) => model.Vision.CanCapture(block);

    public override void OnEncoderAttention(int block, Tensor attention) => EncoderAttention[block] = Copy(attention);

    public override void OnFeatures(Tensor features) => Features = Copy(features);

    public override void OnVisualTokens(Tensor tokens) => VisualTokens = Copy(tokens);

    public override void OnDeepStack(int level, Tensor features) => DeepStack[level] = Copy(features);

    public override void OnDecoder(int layer, Tensor hidden)
    {
        if (_prefilled)
        {
            return;
        }

        Decoder[layer] = Copy(hidden);
        if (layer == model.LanguageModel.Layers.Count - 1)
        {
            var mark = compute.Arena.Top;
            Final = Copy(model.LanguageModel.Norm(compute, hidden));
            compute.Arena.Release(mark);
        }
    }

    public override void OnLogits(Tensor logits)
    {
        for (int row = 0; row < logits.Rows; row++)
        {
            Logits.Add(logits.Row<float>(row).ToArray());
        }

        FirstLogits.AddRange(_prefilled ? [] : Logits);

        _prefilled = true;
    }

    private static Tensor Copy(Tensor tensor) => Tensor.From(tensor.AsSpan<float>(), tensor.Shape.ToArray());
}
