using Fovea.Text.Decoders;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Turns text into token ids and back. Instances are immutable and may be used from several threads at once.</summary>
/// <remarks>
/// Reads what Hugging Face checkpoints carry: <c>tokenizer.json</c>, <c>tokenizer.model</c> or <c>spiece.model</c> (SentencePiece), or <c>vocab.json</c> with
/// <c>merges.txt</c>, under the rules of <c>tokenizer_config.json</c>. Ids and texts equal those of transformers 4.57 to the last one.
/// Texts are handled as Unicode scalar values; a lone surrogate in the input counts as U+FFFD.
/// </remarks>
public abstract class Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _added = [];
    private readonly WorkspacePool _pool = new();

    private protected Tokenizer(Vocabulary vocabulary, IReadOnlyList<AddedToken> added, TokenizerConfig config)
    {
        _vocabulary = vocabulary;
        foreach (var token in added)
        {
            _addedIds[token.Content] = token.Id;
            _added[token.Id] = token;
        }

        VocabularySize = Math.Max(vocabulary.Size, _added.Keys.DefaultIfEmpty(-1).Max() + 1);
        BosId = config.Named("bos_token") is { } bos ? IdOf(bos.Content) : null;
        EosId = config.Named("eos_token") is { } eos ? IdOf(eos.Content) : null;
        IsLegacy = config.Legacy;
    }

    /// <summary>Number of ids: the highest one + 1, added tokens included.</summary>
    public int VocabularySize { get; }

    /// <summary>The id of the beginning-of-sequence token that <c>tokenizer_config.json</c> names; null if it names none.</summary>
    public int? BosId { get; }

    /// <summary>The id of the end-of-sequence token that <c>tokenizer_config.json</c> names; null if it names none.</summary>
    public int? EosId { get; }

    /// <summary>Reads the tokenizer of a checkpoint folder.</summary>
    /// <param name="folder">The folder that holds the files.</param>
    /// <exception cref="FileNotFoundException">The folder holds no tokenizer files.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for something that is not supported; the message names file, key and reason.</exception>
    public static Tokenizer Load(string folder) => TokenizerFiles.Load(folder);

    /// <summary>The id of the token with exactly this content, added tokens first; null if there is none.</summary>
    public int? IdOf(string token) => _addedIds.TryGetValue(token, out int id) || (id = _vocabulary.IdOf(token)) >= 0 ? id : null;

    /// <summary>The content of a token; null for an id without one.</summary>
    public string? TokenOf(int id) => _added.TryGetValue(id, out var token) ? token.Content : _vocabulary.TokenOf(id);

    /// <summary>Whether a token is left out of text that is decoded without special tokens.</summary>
    public virtual bool IsSpecial(int id) => _added.TryGetValue(id, out var token) && token.Special;

    /// <summary>Whether blanks behind special tokens are treated the older way (Llama's <c>legacy</c>).</summary>
    public bool IsLegacy { get; }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">Whether to put around what the checkpoint asks for, such as a beginning-of-sequence token.</param>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        using var work = Rent();
        var spans = EncodeWith(work.Value, text, addSpecialTokens).Spans;
        int[] ids = new int[spans.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = spans[i].Id;
        }

        return ids;
    }

    /// <summary>The ids of a prompt that a chat template made: with special tokens around, unless the prompt begins with the beginning-of-sequence token itself.</summary>
    /// <param name="prompt">The prompt.</param>
    public int[] EncodePrompt(string prompt) =>
        Encode(prompt, addSpecialTokens: !(BosId is { } bos && TokenOf(bos) is { } token && prompt.StartsWith(token, StringComparison.Ordinal)));

    /// <summary>The tokens of a text with the part of the text that each stands for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecialTokens">As in <see cref="Encode(string, bool)"/>.</param>
    public IReadOnlyList<TokenSpan> EncodeWithOffsets(string text, bool addSpecialTokens = true)
    {
        using var work = Rent();
        return [.. EncodeWith(work.Value, text, addSpecialTokens).Spans];
    }

    /// <summary>How many tokens a text has, without special tokens around it. Allocates nothing once it has seen texts of the size.</summary>
    public int Count(string text)
    {
        using var work = Rent();
        return EncodeWith(work.Value, text, addSpecialTokens: false).Spans.Count;
    }

    /// <summary>The text of token ids. Ids without a token are skipped.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var run = Detokenize(skipSpecialTokens, eager: false);
        foreach (int id in ids)
        {
            run.Push(id);
        }

        run.Finish();
        return run.Output.ToString();
    }

    /// <summary>Starts to turn a growing list of ids into text, special tokens left out.</summary>
    public TokenStream Stream() => new(Detokenize(skipSpecialTokens: true, eager: true));

    /// <summary>Starts a decoding run.</summary>
    /// <param name="skipSpecialTokens">Whether to leave special tokens out.</param>
    /// <param name="eager">Whether to write text as soon as the ids so far give it, though a later id could take it back.</param>
    private protected abstract Detokenizer Detokenize(bool skipSpecialTokens, bool eager);

    /// <summary>Appends the tokens of the text in <see cref="EncodingWorkspace.Input"/>.</summary>
    private protected abstract void Encode(EncodingWorkspace work, bool addSpecialTokens);

    private TokenList EncodeWith(EncodingWorkspace work, string text, bool addSpecialTokens)
    {
        work.Tokens.Spans.Clear();
        work.Input.Clear();
        work.Input.Add(text);
        Encode(work, addSpecialTokens);
        return work.Tokens;
    }

    private WorkspacePool.Lease Rent() => _pool.Rent();
}
