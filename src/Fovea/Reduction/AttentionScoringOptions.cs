using System.ComponentModel;

namespace Fovea.Reduction;

/// <summary>Options of methods whose score is the attention of the prompt's last token or of its question.</summary>
public abstract record AttentionScoringOptions : DecoderScoringOptions
{
    /// <summary>Rows.</summary>
    [Description("whose attention counts: the prompt's last token, or its question, which is everything behind the visual tokens; auto = as the method's authors do")]
    public QueryAggregation QueryAggregation { get; init; }

    /// <summary>Heads.</summary>
    [Description("mean or max over the attention heads, after the rows")]
    public HeadAggregation HeadAggregation { get; init; }

    /// <summary>Last row.</summary>
    [Description("whether the prompt's last token belongs to the question")]
    public bool QuestionWithLast { get; init; } = true;
}
