using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// What the engine needs of a vision encoder: blocks in two halves, and the attention that reduction methods look at. It has no loop of its own.
/// Safe for concurrent reading.
/// </summary>
public abstract class VisionEncoder : IDisposable
{
    /// <summary>Number of blocks.</summary>
    public abstract int BlockCount { get; }

    /// <summary>Rows of the stream that one picture of the encoder's own size takes; 1 in encoders that take pictures of any size.</summary>
    public abstract int TokensPerTile { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long Bytes { get; }

    /// <summary>Whether attention can be captured in a block: whether the block sees the whole picture.</summary>
    public virtual bool CanCapture(int block) => true;

    /// <summary>The stream before block 0.</summary>
    public abstract VisionState Embed(Compute compute, VisualInput input);

    /// <summary>First half of a block, in place.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="block">Block from 0.</param>
    /// <param name="state">The stream.</param>
    /// <param name="capture">
    /// Whether to return the attention that each row of the stream gets: the class token's row, or the mean over all queries of the piece;
    /// [heads, rows of the stream], owned by the caller.
    /// </param>
    /// <exception cref="NotSupportedException">Attention is asked of a block that does not see the whole picture.</exception>
    public abstract Tensor? Attend(Compute compute, int block, VisionState state, bool capture);

    /// <summary>Second half of a block, in place.</summary>
    public abstract void FeedForward(Compute compute, int block, VisionState state);

    /// <summary>Floating-point operations of the stream before block 0 (two per multiply-add).</summary>
    public abstract long EmbedOperations(VisionState state);

    /// <summary>Floating-point operations of one block (two per multiply-add).</summary>
    public abstract long BlockOperations(int block, VisionState state);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>One row per head from what was captured piece by piece: [heads, rows of the stream]; the captures are disposed.</summary>
    private protected static Tensor Join(AttentionCapture[] captures, ReadOnlySpan<int> offsets)
    {
        Tensor? joined = null;
        for (int piece = 0; piece < captures.Length; piece++)
        {
            using var captured = captures[piece].Probabilities ?? captures[piece].Received ?? throw new InvalidOperationException("Nothing was captured.");
            joined ??= Tensor.Allocate(captured.Rows, offsets[^1]);
            for (int head = 0; head < joined.Rows; head++)
            {
                captured.Row<float>(head).CopyTo(joined.Row<float>(head)[offsets[piece]..]);
            }
        }

        return joined ?? throw new InvalidOperationException("There is no piece to capture.");
    }
}
