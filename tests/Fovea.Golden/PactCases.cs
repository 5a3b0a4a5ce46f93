using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Reduction.Clustering;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>reduction/pact-*</c>: one algorithm of PACT's repository on given vectors.</summary>
internal static class PactCases
{
    /// <summary>Runs a case of a folder.</summary>
    public static void Run(string folder, string path)
    {
        using var golden = new GoldenCase(path);
        using var compute = new Compute();
        switch (folder)
        {
            case "pact-distance":
                Distance(golden, compute);
                break;
            case "pact-dbdpc":
                BoundedPeaks(golden, compute);
                break;
            case "pact-tome":
                Check(golden, compute, BipartiteMatching.Cluster(compute, golden.Input("x"), golden.Options.GetProperty("r").GetInt32()), golden.Input("sizes").AsSpan<float>());
                break;
            case "pact-kmeans":
                Means(golden, compute);
                break;
            case "pact-agglomerative":
                double share = golden.Options.GetProperty("percentage_to_keep_agglomerative").GetDouble();
                var linkage = PactChecks.LinkageOf(golden.Options.GetProperty("linkage").GetString()) ?? throw new GoldenMismatchException("the linkage is not understood");
                Check(golden, compute, Agglomerative.Cluster(compute, golden.Input("x"), (int)(share * golden.Input("x").Rows), linkage), []);
                break;
            case "pact-dpc":
                int centres = (int)(golden.Options.GetProperty("percentage_to_keep_dpc").GetDouble() * golden.Input("x").Rows);
                Check(golden, compute, DensityPeaks.Cluster(compute, golden.Input("x"), centres), []);
                break;
            case "pact-dbscan":
                var options = golden.Options;
                Check(golden, compute, Dbscan.Cluster(
                    compute, golden.Input("x"), options.GetProperty("eps_dbscan").GetDouble(), options.GetProperty("min_samples").GetInt32(),
                    options.GetProperty("noise_as_clusters_dbscan").GetBoolean()), []);
                break;
            case "pact-attention":
                Attention(golden, compute);
                break;
            case "pact-pruning" or "pact-block":
                new PactBlockCase(golden, compute).Run();
                break;
            case "pact-schedule":
                PactTables.Schedule(golden);
                break;
            case "pact-configs":
                PactTables.Configuration(golden);
                break;
            default:
                throw new NotBuiltException(folder);
        }
    }

    /// <summary>The name of the defect that a case needs, or nothing.</summary>
    public static string Quirk(GoldenCase golden) => golden.Root.TryGetProperty("quirk", out var quirk) ? quirk.GetString() ?? "" : "";

    /// <summary>The reference's mean position under M-RoPE: one number over members and axes.</summary>
    public static TokenPosition ScalarMean(IEnumerable<TokenPosition> members)
    {
        var all = members.SelectMany(position => new[] { position.Temporal, position.Height, position.Width }).ToList();
        return TokenPosition.At((int)MathF.Round((float)all.Sum() / all.Count, MidpointRounding.ToEven));
    }

    private static void Distance(GoldenCase golden, Compute compute)
    {
        var distances = new CosineDistances(compute, golden.Input("x"));
        var byRow = new CosineDistances(compute, golden.Input("x"), largestHeld: 0);
        golden.Check("distance", Enumerable.Range(0, distances.Count).SelectMany(i => distances.Row(i).ToArray()).ToArray());
        golden.Check("distance", Enumerable.Range(0, byRow.Count).SelectMany(i => byRow.Row(i).ToArray()).ToArray());
        golden.Check("density", distances.Densities());
        golden.Check("density", byRow.Densities());
        if (golden.Output("rank").ElementType == Tensors.ElementTypes.ElementType.F32)
        {
            golden.Check("rank", Array.ConvertAll(Order.Ranks(distances.Densities()), rank => (float)rank));
        }
        else
        {
            golden.Check("rank", Order.Ranks(distances.Densities()));
        }
    }

    private static void BoundedPeaks(GoldenCase golden, Compute compute)
    {
        var options = golden.Options;
        double cutoff = options.GetProperty("cutoff").GetDouble();
        var clusters = DistanceBoundedPeaks.Cluster(compute, golden.Input("x"), cutoff, options.GetProperty("avoid_numerical_instability_DBDPC").GetBoolean());
        int[] recovered = [];
        if (options.GetProperty("include_pruned_in_mean").GetBoolean())
        {
            float radius = (float)(cutoff * options.GetProperty("coef_pruned").GetDouble());
            recovered = golden.HasInput("pruned_x") ? DistanceBoundedPeaks.Recover(compute, clusters, golden.Input("pruned_x"), radius) : [];
            clusters = Quirk(golden) == PactDefect.CoefBelowOneDropsKept ? clusters.WithinRadius(radius) : clusters;
        }

        Check(golden, compute, new Clusters([.. clusters.Labels, .. recovered]), [], options.GetProperty("take_mean").GetBoolean());
    }

    private static void Means(GoldenCase golden, Compute compute)
    {
        var result = KMeans.Cluster(compute, golden.Input("x"), golden.Options.GetProperty("k").GetInt32(), golden.Options.GetProperty("niter").GetInt32());
        golden.Check("centroids", result.Centroids.AsSpan<float>());
        golden.Check("cluster", result.Cluster);

        // A representative may be the other member of its pair; then the rows stand in another order.
        int[] kept = [.. result.Clusters.Centres];
        int[] expected = golden.Output("kept").AsSpan<int>().ToArray(), alternative = golden.Output("alternative").AsSpan<int>().ToArray();
        int[] rows = Array.ConvertAll(expected, wanted => Array.FindIndex(kept, one => result.Cluster[one] == result.Cluster[wanted]));
        for (int i = 0; i < expected.Length; i++)
        {
            Compare.Exact($"kept[{i}] is right", true, rows[i] >= 0 && (kept[rows[i]] == expected[i] || kept[rows[i]] == alternative[i]));
        }

        Compare.Exact("kept", expected.Length, kept.Length);
        var map = Map(result.Clusters, [], true);
        golden.Check("weights", [.. rows.Select(row => map.Sizes(Ones(map.Inputs))[row])]);
        var features = map.Apply(compute, golden.Input("hidden"));
        golden.Check("features", [.. rows.SelectMany(row => features.Row<float>(row).ToArray())]);
    }

    private static void Check(GoldenCase golden, Compute compute, Clusters clusters, ReadOnlySpan<float> sizes, bool mean = true)
    {
        golden.Check("labels", clusters.Labels);
        int count = golden.Input("x").Rows;
        clusters = Quirk(golden) == PactDefect.ZeroCentresKeepLastToken ? new Clusters([.. Enumerable.Repeat(count - 1, count)]) : clusters;
        var map = Map(clusters, sizes, mean);
        golden.Check("kept", map.Representatives);
        golden.Check("weights", map.Sizes(sizes.Length > 0 ? sizes : Ones(map.Inputs)));
        golden.Check("features", map.Apply(compute, Hidden(golden)).AsSpan<float>()[..(map.Outputs * golden.Input("hidden").RowLength)]);
        if (!golden.HasInput("position_ids"))
        {
            return;
        }

        var stored = golden.Input("position_ids").AsSpan<int>().ToArray();
        bool three = golden.Input("position_ids").Shape.Rank == 2;
        TokenPosition[] positions = three
            ? [.. stored.Chunk(3).Select(axes => new TokenPosition(axes[0], axes[1], axes[2]))]
            : Array.ConvertAll(stored, TokenPosition.At);
        var means = Quirk(golden) == PactDefect.MropeScalarMeanPosition
            ? [.. map.Representatives.ToArray().Select(one => ScalarMean(clusters.Members(one).Select(member => positions[member])))]
            : map.WithMeanPositions().PositionsOf(positions);
        golden.Check("position_ids", three ? [.. means.SelectMany(p => new[] { p.Temporal, p.Height, p.Width })] : Array.ConvertAll(means, p => p.Temporal));
    }

    private static TokenMap Map(Clusters clusters, ReadOnlySpan<float> sizes, bool mean)
    {
        int[] all = [.. Enumerable.Range(0, clusters.Labels.Length)];
        return new PactDecision { Kept = all, Pruned = [], Clusters = clusters, TakesMean = mean, WeighsBySize = sizes.Length > 0, Rows = all }.ToMap(all.Length, sizes);
    }

    private static Tensor Hidden(GoldenCase golden)
    {
        var hidden = golden.Input("hidden");
        return golden.HasInput("pruned_hidden")
            ? Tensor.From([.. hidden.AsSpan<float>(), .. golden.Input("pruned_hidden").AsSpan<float>()], hidden.Rows + golden.Input("pruned_hidden").Rows, hidden.RowLength)
            : hidden;
    }

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }

    private static void Attention(GoldenCase golden, Compute compute)
    {
        var options = golden.Options;
        int heads = options.GetProperty("num_heads").GetInt32(), keyHeads = options.GetProperty("num_key_value_heads").GetInt32(), size = options.GetProperty("head_dim").GetInt32();
        int[] positions = golden.Input("position_ids").AsSpan<int>().ToArray();
        var queries = PactBlockCase.Rotated(golden, compute, golden.Input("q"), Array.ConvertAll(positions, TokenPosition.At));
        var keys = PactBlockCase.Rotated(golden, compute, golden.Input("k"), Array.ConvertAll(positions, TokenPosition.At));
        using var cache = new KvCacheLayer(keyHeads, size);
        float[] sizes = Array.ConvertAll(golden.Input("sizes").AsSpan<float>().ToArray(), HalfPrecisionSizes.Of);
        cache.Append(keys, golden.Input("v"), 0, keys.Rows, sizes);
        int first = options.GetProperty("query_rows").GetString() == "last" ? keys.Rows - 1 : 0;
        var bias = cache.Bias ?? throw new GoldenMismatchException("the cache has no bias");
        golden.Check("bias", bias.AsSpan<float>()[..cache.Length]);
        var output = compute.Attention(
            queries.Slice(first, keys.Rows - first),
            [new AttentionSegment(0, keys.Rows - first, cache.Keys, cache.Values, 0, cache.Length, bias)],
            new AttentionSettings(heads, keyHeads, size, 1 / MathF.Sqrt(size), Causal: true));
        golden.Check("output", output.AsSpan<float>());
    }
}
