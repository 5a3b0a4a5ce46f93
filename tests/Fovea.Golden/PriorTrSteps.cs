using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>What several kinds of cases about one method need.</summary>
internal static class PriorTrSteps
{
    /// <summary>What a method is told at one of its stages.</summary>
    public static ReductionContext Context(
        Reducer reducer, ModelShape shape, Geometry geometry, TokenBudget budget, Compute compute, int layer, Func<Signal, (Tensor Value, int[] Columns)> input, int? unreduced = null)
    {
        var request = reducer.Stages(shape).First(request => request.Stage.Layer == layer);
        return new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = geometry,
            UnreducedCount = unreduced ?? geometry.Count,
            Budget = budget,
            Signals = request.Signals.ToDictionary(signal => signal, signal => input(signal).Value),
            CandidateColumns = request.Signals.ToDictionary(signal => signal, signal => input(signal).Columns),
            Compute = compute,
        };
    }

    /// <summary>The mean of each cluster's members, cluster by cluster.</summary>
    public static float[] Means(Tensor vectors, int[] tokens, NearestDensityPeaks peaks)
    {
        var means = new List<float>();
        for (int cluster = 0; cluster < peaks.Centres.Count; cluster++)
        {
            int[] members = [.. tokens.Where((_, place) => peaks.Assignment[place] == cluster)];
            means.AddRange(Enumerable.Range(0, vectors.RowLength).Select(column => (float)members.Average(member => (double)vectors.Row<float>(member)[column])));
        }

        return [.. means];
    }

    /// <summary>What comes back after a selection, and the sequence then.</summary>
    public static void Recycle(GoldenCase golden, SparseVlm reducer, float[] scores, int[] kept)
    {
        var hidden = golden.Input("hidden");
        int start = golden.Options.GetProperty("image_token_range")[0].GetInt32();
        var states = hidden.Slice(start, scores.Length);
        var (tokens, peaks) = reducer.Recycle(states, scores, kept);
        float[] merged = Means(states, tokens, peaks);
        foreach (var expected in golden.Expected)
        {
            switch (expected.Name)
            {
                case "kept":
                    break;
                case "candidates":
                    golden.Check(expected.Name, tokens);
                    break;
                case "merged":
                    golden.Check(expected.Name, merged);
                    break;
                case "hidden":
                    int end = start + scores.Length;
                    var rows = Enumerable.Range(0, start).Concat(kept.Select(token => start + token)).Select(row => hidden.Row<float>(row).ToArray())
                        .Append(merged)
                        .Concat(Enumerable.Range(end, hidden.Rows - end).Select(row => hidden.Row<float>(row).ToArray()));
                    golden.Check(expected.Name, [.. rows.SelectMany(row => row)]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }
}
