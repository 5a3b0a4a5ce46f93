using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>The vision tower as it is, never trained: pictures to the features that the projector takes.</summary>
internal sealed class FrozenEncoder(VisionEncoder tower, IVisualLayout layout, int width) : IDisposable
{
    /// <summary>Pictures as the tower reads them; owned by the caller.</summary>
    public VisualInput Prepare(IReadOnlyList<Image> pictures) => layout.Prepare([.. pictures.Select(VisualItem.Of)]);

    /// <summary>Hidden states of the tower side by side, for each selection of them: [feature rows, width · states], rented.</summary>
    public IReadOnlyList<Tensor> Features(Compute compute, VisualInput input, params IReadOnlyList<IReadOnlyList<int>> selections)
    {
        Tensor[] features = [.. selections.Select(states => compute.Rent(input.FeatureRows.Count, width * states.Count))];
        var mark = compute.Arena.Top;
        var stream = tower.Embed(compute, input);
        int last = selections.Max(states => states.Max());
        for (int block = 0; block <= last; block++)
        {
            for (int i = 0; i < features.Length; i++)
            {
                Collect(stream, block, selections[i], features[i]);
            }

            if (block < last)
            {
                tower.Attend(compute, block, stream, capture: false)?.Dispose();
                tower.FeedForward(compute, block, stream);
            }
        }

        compute.Arena.Release(mark);
        return features;
    }

    public void Dispose() => tower.Dispose();

    private static void Collect(VisionState stream, int state, IReadOnlyList<int> states, Tensor features)
    {
        int width = stream.States.RowLength;
        for (int place = 0; place < states.Count; place++)
        {
            for (int row = 0; states[place] == state && row < features.Rows; row++)
            {
                stream.States.Row<float>(stream.Input.FeatureRows[row]).CopyTo(features.Row<float>(row).Slice(place * width, width));
            }
        }
    }
}
