namespace Fovea.Reduction;

/// <summary>The parts of a model in which the token axis may shrink, in the order of the data.</summary>
public enum StageKind
{
    /// <summary>Inside an encoder block, between attention and feed-forward.</summary>
    Encoder,

    /// <summary>On the selected encoder features, so that only what is kept is projected.</summary>
    BeforeProjector,

    /// <summary>On the projected tokens, as they would enter the language model.</summary>
    AfterProjector,

    /// <summary>Before a decoder layer, during prefill.</summary>
    Decoder,

    /// <summary>In the key/value cache, once prefill is done.</summary>
    Cache,
}
