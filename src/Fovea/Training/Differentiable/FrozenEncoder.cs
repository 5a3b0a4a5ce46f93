using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>The vision tower as it is, never trained: pictures to the features that the projector takes.</summary>
internal sealed class FrozenEncoder(VisionEncoder tower, IVisualLayout layout, IReadOnlyList<int> featureLayers, int width, int tokensPerPicture) : IDisposable
{
    /// <summary>Visual tokens of one picture, whatever its size.</summary>
    public int TokensPerPicture { get; } = tokensPerPicture;

    /// <summary>Features of pictures: [visual tokens, width · layers], rented.</summary>
    public Tensor Features(Compute compute, IReadOnlyList<VisualItem> pictures)
    {
        using var input = layout.Prepare(pictures);
        var features = compute.Rent(input.FeatureRows.Count, width * featureLayers.Count);
        var mark = compute.Arena.Top;
        var state = tower.Embed(compute, input);
        Collect(state, 0, features);
        for (int block = 0; block < featureLayers.Max(); block++)
        {
            tower.Attend(compute, block, state, capture: false)?.Dispose();
            tower.FeedForward(compute, block, state);
            Collect(state, block + 1, features);
        }

        compute.Arena.Release(mark);
        return features;
    }

    public void Dispose() => tower.Dispose();

    private void Collect(VisionState state, int level, Tensor features)
    {
        for (int layer = 0; layer < featureLayers.Count; layer++)
        {
            for (int row = 0; featureLayers[layer] == level && row < features.Rows; row++)
            {
                state.States.Row<float>(state.Input.FeatureRows[row]).CopyTo(features.Row<float>(row)[(layer * width)..]);
            }
        }
    }
}
