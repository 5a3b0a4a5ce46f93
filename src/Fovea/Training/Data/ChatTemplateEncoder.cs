using System.Text.Json;
using Fovea.Models.Llava;
using Fovea.Text;

namespace Fovea.Training.Data;

/// <summary>
/// Conversations to tokens and labels in the chat template of a checkpoint, as the model is asked later: learnt is what the template adds when it goes from an
/// opened answer to a given one, the end of the answer included.
/// </summary>
internal sealed class ChatTemplateEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly int _picture;
    private readonly Func<IReadOnlyList<ChatMessage>, bool, string> _render;

    /// <summary>Reads the template of a checkpoint, or takes that of its family.</summary>
    /// <exception cref="NotSupportedException">There is no template, or pictures are no tokens of the tokenizer.</exception>
    public ChatTemplateEncoder(string folder, JsonElement config, Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _picture = tokenizer.IdOf(OriginalPrompt.Image)
            ?? throw new NotSupportedException($"{folder}: the tokenizer has no {OriginalPrompt.Image}, so its conversations cannot be written in a chat template; choose the version v1, llava_v1 or plain.");
        if (ChatTemplate.Load(folder) is { } template)
        {
            _render = (messages, open) => template.Render(messages, open);
        }
        else
        {
            var format = BuiltInPromptFormats.ForCheckpoint(config, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))
                ?? throw new NotSupportedException($"{folder} has no chat template; choose the version v1, llava_v1 or plain.");
            _render = format.Render;
        }
    }

    /// <summary>Tokens and labels of a conversation.</summary>
    /// <exception cref="InvalidDataException">The turns do not alternate, or the template does not write an answer as it opens it.</exception>
    /// <exception cref="ChatTemplateException">The template refuses the conversation.</exception>
    public LabelledPrompt Encode(IReadOnlyList<ConversationTurn> turns, bool hasPicture)
    {
        var messages = ConversationEncoder.Alternating(turns).ConvertAll(turn => Message(turn, hasPicture));
        string text = _render(messages, false);
        var answers = Answers(messages, text);
        bool begins = _tokenizer.BosId is { } bos && _tokenizer.TokenOf(bos) is { } first && text.StartsWith(first, StringComparison.Ordinal);
        var spans = _tokenizer.EncodeWithOffsets(text, addSpecialTokens: !begins);
        int[] ids = [.. spans.Select(span => hasPicture && span.Id == _picture ? OriginalConfig.ImageToken : span.Id)];
        int[] labels = new int[ids.Length];
        int answer = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var span = spans[i];
            while (answer < answers.Count && span.Length > 0 && span.Start >= answers[answer].End)
            {
                answer++;
            }

            bool learnt = answer < answers.Count && span.Length > 0 && span.Start >= answers[answer].Start && span.Start + span.Length <= answers[answer].End;
            labels[i] = learnt && ids[i] >= 0 ? ids[i] : LabelledPrompt.Ignored;
        }

        return new LabelledPrompt(ids, labels, IsMismatch: false);
    }

    private List<(int Start, int End)> Answers(List<ChatMessage> messages, string text)
    {
        var answers = new List<(int Start, int End)>();
        for (int i = 1; i < messages.Count; i += 2)
        {
            string opened = _render(messages[..i], true), given = i == messages.Count - 1 ? text : _render(messages[..(i + 1)], false);
            answers.Add(given.StartsWith(opened, StringComparison.Ordinal) && text.StartsWith(given, StringComparison.Ordinal)
                ? (opened.Length, given.Length)
                : throw new InvalidDataException("the chat template does not write an answer as it opens it"));
        }

        return answers;
    }

    private static ChatMessage Message(ConversationTurn turn, bool hasPicture)
    {
        int pictures = hasPicture ? turn.Value.Split(OriginalPrompt.Image).Length - 1 : 0;
        string text = pictures > 0 ? turn.Value.Replace(OriginalPrompt.Image, "", StringComparison.Ordinal).Trim() : turn.Value;
        return turn.From == ConversationEncoder.Human ? ChatMessage.User(text, pictures) : ChatMessage.Assistant(text);
    }
}
