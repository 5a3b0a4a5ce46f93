using System.Diagnostics;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// What is left to compute of one prompt: its new ids and pictures. Knows how text rows and visual tokens lie in the sequence.
/// </summary>
internal sealed class PreparedPrompt : IDisposable
{
    private readonly MultimodalModel _model;
    private readonly List<(string Hash, int Tokens)> _newPictures;
    private readonly TokenPosition[] _positions;
    private int[] _rowIds = [];

    private PreparedPrompt(MultimodalModel model, int[] ids, int cachedTokens, VisualInput? input, List<(string Hash, int Tokens)> newPictures, int start)
    {
        _model = model;
        Ids = ids;
        CachedTokens = cachedTokens;
        Input = input;
        _newPictures = newPictures;
        _positions = model.Positions(ids, input?.Geometry ?? Geometry.Empty, start);
    }

    /// <summary>Ids that are not in the cache yet, visual tokens as repeated placeholders.</summary>
    public int[] Ids { get; }

    /// <summary>Ids that are.</summary>
    public int CachedTokens { get; }

    /// <summary>The new pictures for the encoder, or none.</summary>
    public VisualInput? Input { get; }

    /// <summary>What the new pictures are.</summary>
    public IReadOnlyList<string> PictureHashes => _newPictures.ConvertAll(picture => picture.Hash);

    /// <summary>Time that the new pictures took to prepare.</summary>
    public TimeSpan Preprocessing { get; private init; }

    /// <summary>Most tokens that may be generated.</summary>
    public int MaxNewTokens { get; private init; }

    /// <summary>Rows that enter the language model, after reductions before it.</summary>
    public int Rows => _rowIds.Length;

    /// <summary>Compares a request with what its sequence holds.</summary>
    /// <exception cref="ArgumentException">The prompt does not fit its pictures or the context.</exception>
    public static PreparedPrompt Prepare(MultimodalModel model, GenerationRequest request, Sequence sequence)
    {
        if (request.MaxNewTokens < 1)
        {
            throw new ArgumentException($"MaxNewTokens is {request.MaxNewTokens}; it must be at least 1.");
        }

        var layout = PromptLayout.Of(model, request);
        int held = layout.HeldBy(sequence);
        if (held < sequence.Pictures.Count)
        {
            sequence.Truncate(0);
            held = 0;
        }

        long started = Stopwatch.GetTimestamp();
        var items = layout.Items.Skip(held).ToList();
        var input = items.Count > 0 ? model.Prepare(items) with { Question = layout.Question } : null;
        var elapsed = Stopwatch.GetElapsedTime(started);
        var pictures = sequence.Pictures.ToList();
        pictures.AddRange((input?.Geometry ?? Geometry.Empty).Images().Select(image => (layout.Hashes[held + image.Image], image.Count)));
        int[] ids = layout.Expand(pictures.ConvertAll(picture => picture.Tokens));
        int common = ids.AsSpan().CommonPrefixLength([.. sequence.Tokens]);
        common = Math.Min(common, ids.Length - 1);
        if (common < sequence.Fixed)
        {
            input?.Dispose();
            sequence.Truncate(0);
            return Prepare(model, request, sequence);
        }

        sequence.Truncate(common);
        int limit = Limit(model.LanguageModel.Config, request, ids.Length);
        return new PreparedPrompt(model, ids[common..], common, input, pictures[held..], sequence.NextPosition) { Preprocessing = elapsed, MaxNewTokens = limit };
    }

    /// <summary>Lays out the rows: text as it is, and at each visual token's place what is left of it.</summary>
    /// <param name="run">Receives the rows.</param>
    /// <param name="map">From the unreduced visual tokens to those that are left.</param>
    /// <param name="sizes">Sizes of those, or empty.</param>
    /// <param name="policy">Whether positions have gaps.</param>
    public void Place(TokenRun run, TokenMap map, float[] sizes, PositionPolicy policy)
    {
        var ids = new List<int>();
        var positions = new List<TokenPosition>();
        var visual = new List<int>();
        var rowSizes = new List<float>();
        int input = 0, output = 0;
        for (int i = 0; i < Ids.Length; i++)
        {
            if (!_model.IsVisual(Ids[i]))
            {
                Add(i, -1, 1);
                continue;
            }

            for (; output < map.Outputs && map.Representatives[output] == input; output++)
            {
                Add(i, input, sizes.Length > 0 ? sizes[output] : 1);
            }

            input++;
        }

        _rowIds = [.. ids];
        run.Set([.. positions], [.. visual], sizes.Length > 0 ? [.. rowSizes] : []);

        void Add(int index, int visualToken, float size)
        {
            positions.Add(policy == PositionPolicy.Keep ? _positions[index] : TokenPosition.At(_positions[0].Temporal + ids.Count));
            ids.Add(Ids[index]);
            visual.Add(visualToken);
            rowSizes.Add(size);
        }
    }

    /// <summary>Writes the rows: embeddings of text, and the visual tokens in order.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="visual">[visual tokens left, hidden size].</param>
    /// <param name="hidden">Receives the rows, from <paramref name="start"/> on.</param>
    /// <param name="start">First row.</param>
    public void Splice(Compute compute, Tensor visual, Tensor hidden, int start)
    {
        // A placeholder need not be a token; any row does where a visual token is written over it.
        int[] ids = Array.ConvertAll(_rowIds, id => _model.IsVisual(id) ? 0 : id);
        _model.LanguageModel.Embedding.Gather(compute, ids, hidden.Slice(start, ids.Length));
        int next = 0;
        for (int row = 0; row < _rowIds.Length; row++)
        {
            if (_model.IsVisual(_rowIds[row]))
            {
                visual.Row<float>(next++).CopyTo(hidden.Row<float>(start + row));
            }
        }
    }

    /// <summary>Notes in the sequence what the pass has put into its cache.</summary>
    public void Commit(Sequence sequence, TokenRun run, PositionPolicy policy)
    {
        int next = policy == PositionPolicy.Renumber ? run.Positions[^1].Max + 1 : _positions.Max(position => position.Max) + 1;
        sequence.Advance(Ids, next, visual: _newPictures.Count > 0);
        foreach (var (hash, tokens) in _newPictures)
        {
            sequence.AddPicture(hash, tokens);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Input?.Dispose();

    private static int Limit(TextConfig config, GenerationRequest request, int promptEnd)
    {
        long context = config.RopeScaling?.RopeType == "dynamic" ? int.MaxValue : config.MaxPositionEmbeddings;
        return promptEnd < context
            ? (int)Math.Min(request.MaxNewTokens, context - promptEnd)
            : throw new ArgumentException($"The prompt has {promptEnd} tokens, but the model's context is {context} tokens; shorten the text or use fewer images.");
    }
}
