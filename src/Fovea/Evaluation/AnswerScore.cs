namespace Fovea.Evaluation;

/// <summary>How an answer is marked.</summary>
public static class AnswerScore
{
    /// <summary>Whether a prediction is the answer, after white space at both ends, one trailing full stop and case are taken away.</summary>
    public static bool IsExact(string prediction, string answer) => Normalize(prediction) == Normalize(answer);

    /// <summary>
    /// F1 of the sets of things that two captions name, 0 to 1: captions are taken apart at commas and at the word "and".
    /// Something that is named twice counts once.
    /// </summary>
    public static double ItemF1(string prediction, string answer)
    {
        var predicted = Items(prediction);
        var wanted = Items(answer);
        int named = predicted.Count + wanted.Count;
        return named == 0 ? 0 : 2.0 * predicted.Count(wanted.Contains) / named;
    }

    private static string Normalize(string text)
    {
        string trimmed = text.Trim();
        return (trimmed.EndsWith('.') ? trimmed[..^1] : trimmed).ToLowerInvariant();
    }

    private static HashSet<string> Items(string caption) =>
        [.. Normalize(caption).Split([",", " and "], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
