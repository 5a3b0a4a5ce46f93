using Fovea.Models.Llava;
using Fovea.Text;

namespace Fovea.Models.Quecc;

/// <summary>
/// The question that QueCC compresses pictures for: the text behind the last picture of a prompt, from its first line break to the first <c>ASSISTANT</c>.
/// Source: the repository llava-token-compression, which made it for the template v1; its ways with other templates are kept.
/// </summary>
public static class QueryText
{
    /// <summary>What stands for the question of a prompt without pictures.</summary>
    public const string WithoutPicture = "image";

    private const string Answer = "ASSISTANT";

    /// <summary>The question in the text behind a picture.</summary>
    /// <remarks>Without <c>ASSISTANT</c> the text loses its last character, as in the reference.</remarks>
    public static string Extract(string text)
    {
        int start = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        int end = text.IndexOf(Answer, StringComparison.Ordinal);
        end = end < 0 ? text.Length - 1 : end;
        return start < end ? text[start..end].Trim(Whitespace) : "";
    }

    /// <summary>The question of a prompt, −200 for each picture: decoded without special tokens, and cut out.</summary>
    public static string Of(ReadOnlySpan<int> ids, Tokenizer tokenizer)
    {
        int last = ids.LastIndexOf(OriginalConfig.ImageToken);
        return last < 0 ? WithoutPicture : Extract(tokenizer.Decode(ids[(last + 1)..]));
    }

    /// <summary>
    /// The questions of a batch of prompts, one for each picture, one for each prompt without a picture. The reference miscounts where prompts with several
    /// pictures stand beside prompts without; here every picture gets its own prompt's question.
    /// </summary>
    public static IReadOnlyList<string> OfBatch(IReadOnlyList<int[]> prompts, Tokenizer tokenizer) =>
        [.. prompts.SelectMany(ids => Enumerable.Repeat(Of(ids, tokenizer), Math.Max(1, ids.Count(id => id == OriginalConfig.ImageToken))))];

    /// <summary>What Python strips.</summary>
    private static readonly char[] Whitespace = [.. Enumerable.Range(0, 0x3001).Select(code => (char)code).Where(code => char.IsWhiteSpace(code) || code is >= '\x1c' and <= '\x1f')];
}
