namespace Fovea.Reduction;

/// <summary>Which attention rows score the visual tokens, named as in the PriorTR framework.</summary>
public enum QueryAggregation
{
    /// <summary>What the method's source uses.</summary>
    Auto,

    /// <summary>The last token of the prompt.</summary>
    Last,

    /// <summary>The tokens behind the visual ones.</summary>
    Question,
}
