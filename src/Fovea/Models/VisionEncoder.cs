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

    /// <summary>Rows of the stream that one picture of the encoder's own size takes.</summary>
    public abstract int TokensPerTile { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long Bytes { get; }

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
}
