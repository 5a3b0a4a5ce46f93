using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Llava;

/// <summary>Video-LLaVA's two encoders of one shape, pictures through the first and video frames through the second, side by side in one stream.</summary>
internal sealed class TwoTowers(VisionTransformer pictures, VisionTransformer frames) : VisionEncoder
{
    /// <inheritdoc/>
    public override int BlockCount => pictures.BlockCount;

    /// <inheritdoc/>
    public override int TokensPerTile => pictures.Config.Tokens;

    /// <inheritdoc/>
    public override long Bytes => pictures.Bytes + frames.Bytes;

    /// <inheritdoc/>
    public override VisionState Embed(Compute compute, VisualInput input)
    {
        var both = (VideoLlavaInput)input;
        int tiles = both.Pixels.Rows + both.Frames.Rows;
        var states = compute.Rent(tiles * pictures.Config.Tokens, pictures.Config.HiddenSize);
        int split = both.Pixels.Rows * pictures.Config.Tokens;
        pictures.Embed(compute, both.Pixels, states.Slice(0, split));
        frames.Embed(compute, both.Frames, states.Slice(split, states.Rows - split));
        return new VisionState(states, pictures.Offsets(tiles), input);
    }

    /// <inheritdoc/>
    public override Tensor? Attend(Compute compute, int block, VisionState state, bool capture)
    {
        var (first, second) = Split(state);
        using var ofPictures = pictures.Attend(compute, block, first, capture);
        using var ofFrames = frames.Attend(compute, block, second, capture);
        if (ofPictures is null || ofFrames is null)
        {
            return null;
        }

        var joined = Tensor.Allocate(ofPictures.Rows, state.States.Rows);
        for (int head = 0; head < joined.Rows; head++)
        {
            ofPictures.Row<float>(head).CopyTo(joined.Row<float>(head));
            ofFrames.Row<float>(head).CopyTo(joined.Row<float>(head)[ofPictures.RowLength..]);
        }

        return joined;
    }

    /// <inheritdoc/>
    public override void FeedForward(Compute compute, int block, VisionState state)
    {
        var (first, second) = Split(state);
        pictures.FeedForward(compute, block, first);
        frames.FeedForward(compute, block, second);
    }

    /// <inheritdoc/>
    public override long EmbedOperations(VisionState state) => pictures.EmbedOperations(state);

    /// <inheritdoc/>
    public override long BlockOperations(int block, VisionState state) => pictures.BlockOperations(block, state);

    /// <inheritdoc/>
    public override void Dispose()
    {
        pictures.Dispose();
        frames.Dispose();
    }

    private (VisionState Pictures, VisionState Frames) Split(VisionState state)
    {
        int tiles = state.Input.Pixels.Rows, split = tiles * pictures.Config.Tokens;
        return (
            new VisionState(state.States.Slice(0, split), pictures.Offsets(tiles), state.Input),
            new VisionState(state.States.Slice(split, state.States.Rows - split), pictures.Offsets(state.Offsets.Length - 1 - tiles), state.Input));
    }
}
