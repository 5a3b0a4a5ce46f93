using Fovea.Tensors.Autograd;

namespace Fovea.Training.Differentiable;

/// <summary>Samples end to end as a model runs them: every picture's visual tokens in its place, each sample cut to the model's length. There is no padding.</summary>
public sealed class PackedBatch
{
    private readonly List<int> _lengths = [];
    private readonly List<int> _tokens = [];
    private readonly List<int> _labels = [];
    private readonly List<int> _visualRows = [];
    private readonly List<int> _learntRows = [];

    /// <summary>Packs samples.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="visualTokens">Visual tokens of one picture.</param>
    /// <param name="longest">Most tokens of a sample; what is behind them is cut off, be it half a picture.</param>
    /// <exception cref="ArgumentException">A sample has another number of labels than tokens, or of pictures than places for them.</exception>
    internal PackedBatch(IReadOnlyList<TrainingSequence> batch, int visualTokens, int longest)
    {
        foreach (var (index, sample) in batch.Index())
        {
            int places = sample.Tokens.Count(token => token == TrainingSequence.Picture);
            if (sample.Labels.Count != sample.Tokens.Count || places != sample.Images.Count)
            {
                throw new ArgumentException(
                    $"Sample {index} has {sample.Labels.Count} labels for {sample.Tokens.Count} tokens, and {sample.Images.Count} pictures for {places} places.", nameof(batch));
            }

            Add(sample, visualTokens, longest);
            Pictures += sample.Images.Count;
        }

        LearntLabels = [.. _learntRows.Select(row => _labels[row + 1])];
    }

    /// <summary>Tokens of each sample.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>The tokens of all samples, <see cref="TrainingSequence.Picture"/> for each visual token.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The labels of all samples; <see cref="Tape.IgnoredLabel"/> = not learnt, which no visual token is.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Labels that count: the first of a sample is nothing's next token.</summary>
    public int ValidLabels => _learntRows.Count;

    /// <summary>Pictures of all samples.</summary>
    internal int Pictures { get; }

    /// <summary>The rows whose next token is learnt.</summary>
    internal IReadOnlyList<int> LearntRows => _learntRows;

    /// <summary>The tokens that these rows are to predict.</summary>
    internal int[] LearntLabels { get; }

    /// <summary>The tokens that are no visual tokens.</summary>
    internal int[] Words => [.. _tokens.Where(token => token != TrainingSequence.Picture)];

    /// <summary>Where each row comes from, if the words lie in front of the visual tokens of all pictures.</summary>
    internal int[] Places()
    {
        int word = 0, words = _tokens.Count - _visualRows.Count, visual = 0;
        return [.. _tokens.Select(token => token == TrainingSequence.Picture ? words + _visualRows[visual++] : word++)];
    }

    private void Add(TrainingSequence sample, int visualTokens, int longest)
    {
        int start = _tokens.Count, firstRow = Pictures * visualTokens;
        for (int i = 0; i < sample.Tokens.Count; i++)
        {
            bool picture = sample.Tokens[i] == TrainingSequence.Picture;
            for (int copies = picture ? visualTokens : 1; copies > 0 && _tokens.Count - start < longest; copies--)
            {
                AddToken(sample.Tokens[i], picture ? Tape.IgnoredLabel : sample.Labels[i], isFirst: _tokens.Count == start);
                if (picture)
                {
                    _visualRows.Add(firstRow + visualTokens - copies);
                }
            }

            firstRow += picture ? visualTokens : 0;
        }

        _lengths.Add(_tokens.Count - start);
    }

    private void AddToken(int token, int label, bool isFirst)
    {
        if (label != Tape.IgnoredLabel && !isFirst)
        {
            _learntRows.Add(_tokens.Count - 1);
        }

        _tokens.Add(token);
        _labels.Add(label);
    }
}
