namespace Fovea.Reduction;

/// <summary>Which tokens a method decides about together. A count budget is shared between the groups in proportion to their sizes.</summary>
public enum ReductionScope
{
    /// <summary>All visual tokens of the prompt.</summary>
    Prompt,

    /// <summary>
    /// As <see cref="Prompt"/>, but inside the decoder, and the map is over the rows of the whole sequence, text included: text may be averaged into visual
    /// tokens, and every text row stays.
    /// </summary>
    Sequence,

    /// <summary>Each rectangle of tokens by itself: a picture, the overview or the canvas of a tiled picture, a frame.</summary>
    Grid,

    /// <summary>Each picture that the encoder saw by itself.</summary>
    Tile,
}
