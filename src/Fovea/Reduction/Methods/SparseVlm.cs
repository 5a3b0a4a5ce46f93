using System.Text.Json.Serialization;
using Fovea.Reduction.Clustering;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>
/// SparseVLM and SparseVLM+ (arXiv 2410.04417; Gumpest/SparseVLMs; the port of CodeChildCZJ/PriorTR is a setting of it): text tokens that have to do with the
/// picture rate the visual tokens by their attention; of what is dropped the best come back as cluster means behind the others. Deviations: means divide by
/// the count, not by the count + 1e-6; density ties go by index (<see cref="NearestDensityPeaks"/>) instead of by noise; positions are a choice of the plan,
/// and a cluster stands at that of the last token kept; several axes of rotary embedding count in the gravity correction as the model has them.
/// </summary>
public sealed class SparseVlm : DecoderScoringReducer
{
    private const int PublishedDepth = 32;
    private static readonly int[] PublishedLocations = [2, 6, 15];
    private static readonly int[] PublishedCounts = [300, 200, 110];
    private const int PublishedBudget = 192;
    private readonly SparseVlmOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SparseVlm(SparseVlmOptions options)
        : base(options.Budget is null ? options : options with { KeepTokens = options.Budget })
    {
        CheckRange(options.Budget is null || (options.KeepTokens is null && options.Budget.All(count => count >= 1)), "budget", "counts begin at 1, and it is another name of keep_tokens");
        CheckRange(options.PruningLoc is null || (options.PruneLayer is null && options.PruningLoc.Count > 0 && options.PruningLoc.All(layer => layer >= 0)), "pruning_loc", "layers are counted from 0, and it stands in place of prune_layer");
        CheckRange(options.RecycleRatio is >= 0 and <= 1, "recycle_ratio", "it lies in [0, 1]");
        CheckRange(options.TokensPerCluster >= 1, "tokens_per_cluster", "it is at least 1");
        CheckRange(options.PriorityHeads is null or >= 1, "priority_heads", "it is at least 1");
        CheckRange(options.RankScale is null || (options.RankScale > 0 && base.UsesBudget), "rank_scale", "it is above 0 and stands in place of a budget");
        CheckRange(options.RankTolerance is > 0 and < 1, "rank_tolerance", "it lies in (0, 1)");
        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "sparsevlm", "keeps what the text tokens that concern the picture attend to, and recycles some of the rest", "arXiv 2410.04417, Gumpest/SparseVLMs; port in CodeChildCZJ/PriorTR",
        SparseVlmJson.Default.SparseVlmOptions, options => new SparseVlm(options));

    /// <inheritdoc/>
    public override bool UsesBudget => base.UsesBudget && _options.RankScale is null;

    /// <summary>How many of a number of dropped tokens come back, and as how many clusters.</summary>
    public (int Recycled, int Clusters) Recycling(int dropped)
    {
        int recycled = Math.Min((int)(_options.RecycleRatio * dropped) + 1, dropped);
        return (recycled, Math.Min((recycled / _options.TokensPerCluster) + 1, recycled));
    }

    /// <summary>How many tokens to keep so that with the clusters of the others there are <paramref name="target"/>: three corrections, at least 1.</summary>
    /// <param name="count">All.</param>
    /// <param name="target">Kept and clusters.</param>
    public int RoomFor(int count, int target)
    {
        int kept = target;
        for (int i = 0; i < 3 && kept < count; i++)
        {
            kept = Math.Max(1, target - Recycling(count - kept).Clusters);
        }

        return kept;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<int> DefaultLayers(ModelShape shape) =>
        [.. _options.PruningLoc?.Select(layer => layer + 1) ?? PublishedLocations.Select(layer => (layer * shape.DecoderLayers / PublishedDepth) + 1)];

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer) =>
        [Text(layer), Signal.LayerInput(0), Signal.InstructionEmbeddings, Signal.Features, .. _options.GravityCorrection ? [Signal.RotaryTable] : Array.Empty<Signal>()];

    /// <summary>The tokens that rate, counted from the first behind the visual ones; found once for all cuts.</summary>
    public int[] Raters(ReductionContext context)
    {
        var notes = context.State.Of<Notes>(this);
        return notes.Raters ??= SparseVlmRaters.Above(SparseVlmRaters.Similarity(context.Compute, context[Signal.LayerInput(0)], context[Signal.InstructionEmbeddings]));
    }

    /// <summary>What rotary embedding alone gives between each text token and each candidate: 2/√d · Σ cos of the angles, [text tokens][candidates].</summary>
    public static float[][] Gravity(ReductionContext context, int textTokens)
    {
        var table = context[Signal.RotaryTable];
        var columns = context.Columns(Signal.RotaryTable).ToArray();
        float scale = 2 / MathF.Sqrt(table.RowLength);
        return [.. Enumerable.Range(table.Rows - textTokens, textTokens).Select(text => Array.ConvertAll(
            columns, column => scale * TensorPrimitives.Dot<float>(table.Row<float>(text), table.Row<float>(column))))];
    }

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        scores.Fill(1);
        float[][] ratings = Ratings(context);
        if (ratings.Length > 0)
        {
            scores.Clear();
            foreach (float[] rating in ratings)
            {
                TensorPrimitives.Add(scores, rating, scores);
            }

            TensorPrimitives.Divide(scores, ratings.Length, scores);
        }
    }

    /// <inheritdoc/>
    protected override int[] Select(ReductionContext context, ReadOnlySpan<float> scores)
    {
        int count = scores.Length;
        if (_options.RankScale is { } scale)
        {
            int rank = SparseVlmRaters.Rank(Ratings(context), _options.RankTolerance);
            return TopK.Ascending(scores, Math.Clamp(count - (int)(scale * (count - rank)), 1, count));
        }

        if (UsesBudget)
        {
            return TopK.Ascending(scores, Published(context));
        }

        int cut = CutOf(context);
        return RoomAt(cut, count) is { } room ? TopK.Ascending(scores, room) : SelectionAt(cut).Select(scores);
    }

    /// <summary>What a share of the options leaves room for at a cut, beside the clusters; none where a count or a threshold decides, or nothing is recycled.</summary>
    public int? RoomAt(int cut, int count)
    {
        var selection = SelectionAt(cut);
        return selection.KeepTokens is null && selection.Count(count) is > 0 and var target && _options.Recycle ? RoomFor(count, target) : null;
    }

    /// <inheritdoc/>
    protected override TokenMap Map(ReductionContext context, ReadOnlySpan<float> scores, int[] kept)
    {
        bool last = UsesBudget && context.Stage.Layer == Layers(context.Shape).Max();
        int room = last ? context.Budget.Of(context.UnreducedCount, RatioRounding.Truncate) - kept.Length : int.MaxValue;
        if (!_options.Recycle || kept.Length == 0 || kept.Length == scores.Length || Recycling(scores.Length - kept.Length).Clusters > room)
        {
            return base.Map(context, scores, kept);
        }

        var recycling = Recycle(context[Signal.Features], scores, kept);
        var builder = new TokenMapBuilder(scores.Length);
        Array.ForEach(kept, builder.Keep);
        for (int cluster = 0; cluster < recycling.Peaks.Centres.Count; cluster++)
        {
            int[] members = [.. recycling.Tokens.Where((_, i) => recycling.Peaks.Assignment[i] == cluster)];
            Array.ForEach(members, member => builder.Add(member, 1f / members.Length));
            builder.EndRow(kept[^1]);
        }

        return builder.Build();
    }

    /// <summary>The dropped tokens that come back, the best first, and their clusters.</summary>
    /// <param name="states">[candidates, hidden size].</param>
    /// <param name="scores">[candidates].</param>
    /// <param name="kept">The candidates that stay, ascending; not all.</param>
    public (int[] Tokens, NearestDensityPeaks Peaks) Recycle(Tensor states, ReadOnlySpan<float> scores, int[] kept)
    {
        int[] dropped = [.. Enumerable.Range(0, scores.Length).Except(kept)];
        var left = new float[dropped.Length];
        for (int i = 0; i < dropped.Length; i++)
        {
            left[i] = scores[dropped[i]];
        }

        var (recycled, clusters) = Recycling(dropped.Length);
        int[] tokens = Array.ConvertAll(TopK.Descending(left, recycled), place => dropped[place]);
        var vectors = new float[recycled * states.RowLength];
        for (int i = 0; i < recycled; i++)
        {
            states.Row<float>(tokens[i]).CopyTo(vectors.AsSpan(i * states.RowLength));
        }

        return (tokens, NearestDensityPeaks.Cluster(Tensor.From(vectors, recycled, states.RowLength), clusters));
    }

    private Signal Text(int layer) => Rows(layer, Queries.Instruction);

    /// <summary>The run's budget as the authors spread their own over three cuts; with another number of cuts, the same at each, clusters included.</summary>
    private int Published(ReductionContext context)
    {
        int budget = context.Budget.Of(context.UnreducedCount, RatioRounding.Truncate);
        bool published = Layers(context.Shape).Count == PublishedCounts.Length, last = context.Stage.Layer == Layers(context.Shape).Max();
        int same = _options.Recycle ? RoomFor(context.Count, budget) : budget;
        int count = published ? budget * PublishedCounts[CutOf(context)] / PublishedBudget : same;
        return Math.Clamp(last ? Math.Min(count, same) : count, 1, context.Count);
    }

    /// <summary>For each rater its attention to the candidates, mean over the heads that count.</summary>
    private float[][] Ratings(ReductionContext context)
    {
        var rows = context[Text(context.Stage.Layer)];
        int textTokens = rows.Shape[1], keys = rows.Shape[2];
        int[] raters = [.. Raters(context).Where(rater => rater < textTokens)];
        int[] columns = context.Columns(Text(context.Stage.Layer)).ToArray();
        float[][]? gravity = _options.GravityCorrection ? Gravity(context, textTokens) : null;
        var byHead = new float[rows.Rows][][];
        for (int head = 0; head < byHead.Length; head++)
        {
            byHead[head] = Array.ConvertAll(raters, rater => Array.ConvertAll(columns, column => rows.Row<float>(head)[(rater * keys) + column]));
            for (int r = 0; gravity is not null && r < raters.Length; r++)
            {
                TensorPrimitives.Divide(byHead[head][r], gravity[raters[r]], byHead[head][r]);
            }
        }

        float[] sums = Array.ConvertAll(byHead, head => head.Sum(row => TensorPrimitives.Sum<float>(row)));
        int[] heads = TopK.Ascending(sums, Math.Min(sums.Length, _options.PriorityHeads ?? sums.Length));
        float[][] ratings = Array.ConvertAll(raters, _ => new float[columns.Length]);
        foreach (int head in heads)
        {
            for (int r = 0; r < ratings.Length; r++)
            {
                TensorPrimitives.Add(ratings[r], byHead[head][r], ratings[r]);
            }
        }

        Array.ForEach(ratings, rating => TensorPrimitives.Divide(rating, heads.Length, rating));
        return ratings;
    }

    private sealed class Notes
    {
        public int[]? Raters { get; set; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SparseVlmOptions))]
internal sealed partial class SparseVlmJson : JsonSerializerContext;
