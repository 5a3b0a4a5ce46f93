namespace Fovea.Reduction;

/// <summary>A prompt made from the request's own, for a forward pass beside it. Such a pass is an extra cost, which the report shows by itself.</summary>
public sealed record PromptVariant
{
    private PromptVariant(int? rowsBehind, string text)
    {
        RowsBehind = rowsBehind;
        Text = text;
    }

    /// <summary>The request's prompt.</summary>
    public static PromptVariant Whole { get; } = new(null, "");

    /// <summary>How many tokens behind the last visual one stay; none = all.</summary>
    public int? RowsBehind { get; }

    /// <summary>What follows them.</summary>
    public string Text { get; }

    /// <summary>The prompt without its question.</summary>
    /// <param name="rowsBehind">How many tokens behind the last visual one stay, at least 1.</param>
    /// <param name="text">What follows in place of the question.</param>
    public static PromptVariant WithoutQuestion(int rowsBehind = 1, string text = "") => new(rowsBehind, text);
}
