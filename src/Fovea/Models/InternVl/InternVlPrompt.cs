using Fovea.Text;

namespace Fovea.Models.InternVl;

/// <summary>
/// InternVL's prompts as ids. A picture is <c>&lt;img&gt;</c>, its visual tokens and <c>&lt;/img&gt;</c>; a video is a line <c>Frame1: </c> with such a picture for each frame.
/// </summary>
internal sealed class InternVlPrompt
{
    private const string Open = "<img>", Close = "</img>", Context = "<IMG_CONTEXT>", Video = "<video>";

    private readonly Tokenizer _tokenizer;
    private readonly string _placeholder;
    private readonly int _open;
    private readonly int _close;

    /// <summary>Looks up the ids.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks one.</exception>
    public InternVlPrompt(Tokenizer tokenizer, InternVlConfig config)
    {
        _tokenizer = tokenizer;
        _placeholder = config.IsOriginal ? "<image>" : Context;
        _open = IdOf(tokenizer, Open);
        _close = IdOf(tokenizer, Close);
        ImageTokenId = config.ImageTokenId ?? IdOf(tokenizer, Context);
    }

    /// <summary>The id of a visual token.</summary>
    public int ImageTokenId { get; }

    /// <summary>Stands for a video until it is expanded; no id of the vocabulary.</summary>
    public static int VideoTokenId => -1;

    /// <summary>The id of a token that a checkpoint must have.</summary>
    /// <exception cref="InvalidDataException">The tokenizer lacks it.</exception>
    public static int IdOf(Tokenizer tokenizer, string token) =>
        tokenizer.IdOf(token) ?? throw new InvalidDataException($"The tokenizer of the checkpoint has no token {token}, which InternVL's prompts need.");

    /// <summary>The ids of a prompt with one id for each picture and video, and what stands around them in place.</summary>
    public int[] Encode(string prompt)
    {
        string[] texts = prompt.Replace(_placeholder, Open + Context + Close, StringComparison.Ordinal).Split(Video);
        var ids = new List<int>();
        for (int i = 0; i < texts.Length; i++)
        {
            string text = (i > 0 ? Close : "") + texts[i] + (i + 1 < texts.Length ? "Frame1: " + Open : "");
            ids.AddRange(i > 0 ? [VideoTokenId, .. _tokenizer.Encode(text, addSpecialTokens: false)] : _tokenizer.EncodePrompt(text));
        }

        return [.. ids];
    }

    /// <summary>The ids with every picture and video expanded.</summary>
    /// <param name="ids">What <see cref="Encode"/> gave.</param>
    /// <param name="items">The pictures and videos.</param>
    /// <param name="tokens">Visual tokens of each.</param>
    public int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens)
    {
        var expanded = new List<int>(ids.Length);
        int item = 0;
        foreach (int id in ids)
        {
            if (id != ImageTokenId && id != VideoTokenId)
            {
                expanded.Add(id);
                continue;
            }

            int frames = items[item].Frames.Count, each = tokens[item++] / frames;
            for (int frame = 0; frame < frames; frame++)
            {
                expanded.AddRange(frame > 0 ? [_close, .. _tokenizer.Encode($"\nFrame{frame + 1}: ", addSpecialTokens: false), _open] : []);
                expanded.AddRange(Enumerable.Repeat(ImageTokenId, each));
            }
        }

        return [.. expanded];
    }
}
