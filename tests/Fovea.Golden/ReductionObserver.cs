using Fovea.Generation;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Golden;

/// <summary>Copies what a run with reductions inside the decoder shows.</summary>
internal sealed class ReductionObserver(Sequence sequence) : ForwardObserver
{
    /// <summary>Logits of every step.</summary>
    public List<float[]> Logits { get; } = [];

    /// <summary>Cache lengths after prefill.</summary>
    public int[] CacheLengths { get; private set; } = [];

    /// <summary>The output of every layer in prefill, −1 = the input of layer 0.</summary>
    public Dictionary<int, Tensor> States { get; } = [];

    /// <summary>What a layer took in after a reduction.</summary>
    public Dictionary<int, Tensor> Reduced { get; } = [];

    /// <summary>The maps, by the layer that they stand before.</summary>
    public Dictionary<int, TokenMap> Maps { get; } = [];

    /// <summary>Positions after the last reduction, or none if there was none.</summary>
    public TokenPosition[]? Positions { get; private set; }

    public override void OnDecoder(int layer, Tensor hidden)
    {
        if (Logits.Count == 0)
        {
            States[layer] = Copy(hidden);
        }
    }

    public override void OnReduction(Stage stage, TokenMap map, Tensor states, ReadOnlySpan<TokenPosition> positions)
    {
        Maps[stage.Layer] = Maps.TryGetValue(stage.Layer, out var before) ? before.Then(map) : map;
        Reduced[stage.Layer] = Copy(states);
        Positions = positions.ToArray();
    }

    public override void OnLogits(Tensor logits)
    {
        if (Logits.Count == 0)
        {
            CacheLengths = [.. Enumerable.Range(0, sequence.Cache.Layers).Select(layer => sequence.Cache[layer].Length)];
        }

        Logits.Add(logits.Row<float>(0).ToArray());
    }

    private static Tensor Copy(Tensor tensor) => Tensor.From(tensor.AsSpan<float>(), tensor.Shape.ToArray());
}
