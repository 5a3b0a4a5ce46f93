namespace Fovea.Reduction;

/// <summary>Something a method looks at. The engine computes what was asked for, once, in the pass that the model makes anyway.</summary>
public abstract record Signal
{
    private Signal()
    {
    }

    /// <summary>Whether, before the language model, this depends on nothing but the pictures.</summary>
    internal virtual bool IsOfPictures => false;

    /// <summary>The values of the candidates where the stage acts: encoder features, projected tokens or hidden states; [candidates, width].</summary>
    public static Signal Features { get; } = new FeaturesSignal();

    /// <summary>
    /// How much attention each candidate gets in an encoder block: the class token's row without its own column, or, in encoders without a class token,
    /// the attention received, averaged over the queries. Probabilities over the whole row, not renormalised; [heads, candidates].
    /// </summary>
    /// <param name="block">Encoder block from 0.</param>
    public static Signal EncoderAttention(int block) => new EncoderAttentionSignal(block);

    /// <summary>
    /// Attention rows of some queries in a decoder layer over all tokens of the sequence as that layer saw them; [heads, rows, keys].
    /// <see cref="ReductionContext.Columns(Signal)"/> says where the candidates are.
    /// </summary>
    /// <param name="layer">Decoder layer from 0; it must come before the stage.</param>
    /// <param name="queries">Whose rows.</param>
    /// <param name="causal">Whether a query sees only what is in front of it, as in the layer itself. One layer has one answer to that.</param>
    public static Signal AttentionRows(int layer, Queries queries, bool causal = true) => new AttentionRowsSignal(layer, queries, causal);

    /// <summary>As <see cref="AttentionRows"/>, causal, but of the layer that the stage stands before, from the tokens as they are there; computed aside.</summary>
    /// <param name="queries">Whose rows.</param>
    public static Signal EntryRows(Queries queries) => new EntryRowsSignal(queries);

    /// <summary>
    /// As <see cref="AttentionRows"/>, causal, but of a forward pass beside the request's own, which runs from layer 0 to the last layer asked for and leaves
    /// nothing in the cache.
    /// </summary>
    /// <param name="layer">Decoder layer from 0.</param>
    /// <param name="queries">Whose rows.</param>
    /// <param name="prompt">What the pass reads.</param>
    public static Signal SeparateRows(int layer, Queries queries, PromptVariant prompt) => new SeparateRowsSignal(layer, queries, prompt);

    /// <summary>Input embeddings of the tokens behind the last visual one: [tokens, hidden size].</summary>
    public static Signal InstructionEmbeddings { get; } = new InstructionEmbeddingsSignal();

    /// <summary>
    /// Hidden states of the whole sequence where a decoder stage acts: [tokens of the sequence, hidden size].
    /// <see cref="ReductionContext.Columns(Signal)"/> says which rows the candidates are.
    /// </summary>
    public static Signal SequenceStates { get; } = new SequenceStatesSignal();

    /// <summary>
    /// Queries of the layer that a decoder stage stands before, of the whole sequence: [tokens, heads · head size]. The candidates' rows are
    /// <see cref="ReductionContext.Columns(Signal)"/>.
    /// </summary>
    /// <param name="rotary">Whether after rotary embedding.</param>
    public static Signal LayerQueries(bool rotary) => new LayerProjectionSignal(Keys: false, rotary);

    /// <summary>Keys of the layer that a decoder stage stands before, as <see cref="LayerQueries"/>: [tokens, kv heads · head size].</summary>
    /// <param name="rotary">Whether after rotary embedding.</param>
    public static Signal LayerKeys(bool rotary) => new LayerProjectionSignal(Keys: true, rotary);

    /// <summary>
    /// The mean of <see cref="LayerQueries"/> before rotary embedding over everything up to the last candidate, text included: [1, heads · head size]. Where the
    /// layer has no norm of queries it costs the projection of a single row.
    /// </summary>
    public static Signal MeanQuery { get; } = new MeanQuerySignal();

    /// <summary>
    /// Hidden states of the visual tokens as an earlier decoder layer took them in: [visual tokens then, hidden size]. The candidates' rows are
    /// <see cref="ReductionContext.Columns(Signal)"/>.
    /// </summary>
    /// <param name="layer">Decoder layer from 0, not behind the stage.</param>
    public static Signal LayerInput(int layer) => new LayerInputSignal(layer);

    /// <summary>
    /// Cosines and behind them sines of the rotary embedding of the whole sequence where a decoder stage acts: [tokens, head size]. The dot product of two rows
    /// is the sum of the cosines of the angles between their positions. The candidates' rows are <see cref="ReductionContext.Columns(Signal)"/>.
    /// </summary>
    public static Signal RotaryTable { get; } = new RotaryTableSignal();

    /// <summary><see cref="Features"/>.</summary>
    public sealed record FeaturesSignal : Signal
    {
        internal override bool IsOfPictures => true;
    }

    /// <summary><see cref="EncoderAttention"/>.</summary>
    public sealed record EncoderAttentionSignal(int Block) : Signal
    {
        internal override bool IsOfPictures => true;
    }

    /// <summary><see cref="SequenceStates"/>.</summary>
    public sealed record SequenceStatesSignal : Signal;

    /// <summary><see cref="LayerQueries"/> and <see cref="LayerKeys"/>.</summary>
    public sealed record LayerProjectionSignal(bool Keys, bool Rotary) : Signal;

    /// <summary><see cref="MeanQuery"/>.</summary>
    public sealed record MeanQuerySignal : Signal;

    /// <summary><see cref="LayerInput"/>.</summary>
    public sealed record LayerInputSignal(int Layer) : Signal;

    /// <summary><see cref="AttentionRows"/>.</summary>
    public sealed record AttentionRowsSignal(int Layer, Queries Queries, bool Causal) : Signal;

    /// <summary><see cref="EntryRows"/>.</summary>
    public sealed record EntryRowsSignal(Queries Queries) : Signal;

    /// <summary><see cref="SeparateRows"/>.</summary>
    public sealed record SeparateRowsSignal(int Layer, Queries Queries, PromptVariant Prompt) : Signal;

    /// <summary><see cref="RotaryTable"/>.</summary>
    public sealed record RotaryTableSignal : Signal;

    /// <summary><see cref="InstructionEmbeddings"/>.</summary>
    public sealed record InstructionEmbeddingsSignal : Signal;
}
