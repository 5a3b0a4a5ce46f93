using Fovea.Models.Llava;
using Fovea.Text;

namespace Fovea.Training.Data;

/// <summary>
/// Conversations to tokens and labels, so that answers are learnt and nothing else. Knows the templates that LLaVA is trained with: <c>v1</c>,
/// <c>llava_v1</c>, and <c>plain</c>, which has a picture and its caption alone.
/// </summary>
/// <remarks>Source: the functions preprocess_multimodal, preprocess_v1 and preprocess_plain of LLaVA; the lengths that they count by are kept.</remarks>
public sealed class ConversationEncoder
{
    /// <summary>Who asks.</summary>
    internal const string Human = "human";

    private const string Gpt = "gpt";
    private const string RoundEnd = "</s>";
    private const string Separator = " ASSISTANT: ";

    private readonly Tokenizer _tokenizer;
    private readonly PromptFormat _format;
    private readonly int _longest;
    private readonly int _padding;

    /// <summary>Prepares a template.</summary>
    /// <param name="tokenizer">Text to ids.</param>
    /// <param name="template">v1, vicuna_v1, llava_v1 or plain.</param>
    /// <param name="longest">Most tokens of a text without pictures, and the length from which on rounds are not checked.</param>
    /// <param name="padding">The id that fills up batches; not counted.</param>
    /// <exception cref="NotSupportedException">Another template.</exception>
    public ConversationEncoder(Tokenizer tokenizer, string template, int longest, int padding = 0)
    {
        _format = BuiltInPromptFormats.Find(template) is { Name: "vicuna_v1" or "llava_v1" or "plain" } format
            ? format
            : throw new NotSupportedException($"Conversations cannot be labelled in the template '{template}'; v1, vicuna_v1, llava_v1 and plain are known.");
        _tokenizer = tokenizer;
        _longest = longest;
        _padding = padding;
    }

    /// <summary>The text of alternating turns; one without text is open, and so is an answer to the last question.</summary>
    /// <param name="template">The name of a prompt format.</param>
    /// <param name="turns">Human first.</param>
    /// <exception cref="NotSupportedException">There is no such format.</exception>
    /// <exception cref="ArgumentException">The template <c>plain</c> and more than one turn.</exception>
    public static string Prompt(string template, IReadOnlyList<string> turns)
    {
        var format = BuiltInPromptFormats.Find(template) ?? throw new NotSupportedException($"There is no prompt format '{template}'.");
        if (format.Name == "plain" && turns.Skip(1).Any(turn => turn.Length > 0))
        {
            throw new ArgumentException("The template plain is one picture with its caption and has no further turns.", nameof(turns));
        }

        var messages = turns.Select((turn, i) => Message(i % 2 == 0 ? Human : Gpt, turn)).ToList();
        if (turns.Count % 2 == 1)
        {
            messages.Add(Message(Gpt, ""));
        }

        return format.RenderTurns(messages);
    }

    /// <summary>Tokens and labels of a conversation.</summary>
    /// <param name="turns">Human and gpt in turns; a first turn that is not human is left out.</param>
    /// <param name="hasPicture">Whether the sample has pictures, and <c>&lt;image&gt;</c> therefore stands for one.</param>
    /// <exception cref="InvalidDataException">The turns do not alternate, or are not what the template has.</exception>
    public LabelledPrompt Encode(IReadOnlyList<ConversationTurn> turns, bool hasPicture)
    {
        List<ConversationTurn> placed = hasPicture ? [.. turns.Select(WithPictureFirst)] : [.. turns];
        return _format.Name == "plain" ? Plain(placed) : Rounds(placed, hasPicture);
    }

    /// <summary>The turns without a first one that is not human.</summary>
    /// <exception cref="InvalidDataException">Human and gpt do not take turns.</exception>
    internal static List<ConversationTurn> Alternating(IReadOnlyList<ConversationTurn> turns)
    {
        List<ConversationTurn> rest = [.. turns.Skip(turns.Count > 0 && turns[0].From != Human ? 1 : 0)];
        foreach (var (i, turn) in rest.Index())
        {
            string wanted = i % 2 == 0 ? Human : Gpt;
            if (turn.From != wanted)
            {
                throw new InvalidDataException($"Turn {i + 1} is from '{turn.From}', but human and gpt must take turns: it should be from '{wanted}'.");
            }
        }

        return rest;
    }

    /// <summary>The picture of a turn stands before its text, on a line of its own; several become one.</summary>
    private static ConversationTurn WithPictureFirst(ConversationTurn turn) => turn.Value.Contains(OriginalPrompt.Image, StringComparison.Ordinal)
        ? turn with { Value = $"{OriginalPrompt.Image}\n{turn.Value.Replace(OriginalPrompt.Image, "", StringComparison.Ordinal).Trim()}".Trim() }
        : turn;

    private LabelledPrompt Plain(List<ConversationTurn> turns)
    {
        if (turns.Count != 2 || !turns[0].Value.Contains(OriginalPrompt.Image, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"The template plain takes a turn with {OriginalPrompt.Image} and its caption, not {turns.Count} turns.");
        }

        int[] ids = OriginalPrompt.Encode(_tokenizer, $"{OriginalPrompt.Image}{turns[1].Value}\n"), labels = [.. ids];
        labels.AsSpan(0, OriginalPrompt.Encode(_tokenizer, OriginalPrompt.Image).Length).Fill(LabelledPrompt.Ignored);
        return new LabelledPrompt(ids, labels, IsMismatch: false);
    }

    private LabelledPrompt Rounds(List<ConversationTurn> turns, bool hasPicture)
    {
        turns = Alternating(turns);
        string prompt = _format.RenderTurns([.. turns.Select(turn => Message(turn.From, turn.Value))]);
        int[] ids = Ids(prompt, hasPicture);
        ids = hasPicture || ids.Length <= _longest ? ids : ids[.._longest];
        return Mask(ids, prompt, hasPicture);
    }

    private LabelledPrompt Mask(int[] ids, string prompt, bool hasPicture)
    {
        int[] labels = [.. ids];
        int at = Math.Min(1, labels.Length), rounds = 0;
        labels.AsSpan(0, at).Fill(LabelledPrompt.Ignored);
        foreach (string round in prompt.Split(RoundEnd).TakeWhile(round => round.Length > 0))
        {
            string[] parts = round.Split(Separator);
            if (parts.Length != 2)
            {
                break;
            }

            // The role of a later round has one token more at the beginning of a text than behind the end of a round.
            int shared = rounds++ > 0 && !_tokenizer.IsLegacy ? 1 : 0;
            int length = Ids(round, hasPicture).Length - shared;
            // Behind the question the text is cut, where its last blank is a token; in the whole it belongs to the answer. And it begins with a token of its own.
            int question = Ids(parts[0] + Separator, hasPicture).Length - 2 - shared;
            Ignore(at, at + question);
            at += length;
        }

        Ignore(at, labels.Length);
        bool mismatch = at < _longest && at != ids.Count(id => id != _padding);
        if (mismatch)
        {
            Ignore(0, labels.Length);
        }

        return new LabelledPrompt(ids, labels, mismatch);

        void Ignore(int start, int end) => labels.AsSpan(Math.Min(start, labels.Length)..Math.Clamp(end, Math.Min(start, labels.Length), labels.Length)).Fill(LabelledPrompt.Ignored);
    }

    private int[] Ids(string text, bool hasPicture) => hasPicture ? OriginalPrompt.Encode(_tokenizer, text) : _tokenizer.Encode(text);

    private static ChatMessage Message(string from, string text) => new(from == Human ? "user" : "assistant", [new TextPart(text)]);
}
