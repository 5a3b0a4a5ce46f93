using Fovea.Reduction.Clustering;

namespace Fovea.Reduction.Methods;

/// <summary>What <see cref="Pact"/> decided at one stage, step by step. Indices count the candidates.</summary>
public sealed record PactDecision
{
    /// <summary>The importance of every candidate, or none if nothing was scored.</summary>
    public float[]? Scores { get; init; }

    /// <summary>What pruning left, ascending.</summary>
    public required int[] Kept { get; init; }

    /// <summary>What it dropped, ascending.</summary>
    public required int[] Pruned { get; init; }

    /// <summary>Clusters of <see cref="Kept"/> and, behind them, of what may be recovered; none if nothing is merged.</summary>
    public Clusters? Clusters { get; init; }

    /// <summary>Whether a merged token is the mean of its members.</summary>
    public bool TakesMean { get; init; }

    /// <summary>Whether members count in that mean as many times as the tokens that they stand for.</summary>
    public bool WeighsBySize { get; init; }

    /// <summary>Whether a merged token stands at the mean of its members' positions.</summary>
    public bool AveragesPositions { get; init; }

    /// <summary>For each clustered item its row: a candidate, or, where text is recovered too, a row of the sequence.</summary>
    public int[] Rows { get; init; } = [];

    /// <summary>The map over the candidates, or over the sequence where <see cref="Rows"/> are its rows.</summary>
    /// <param name="inputs">How many there are.</param>
    /// <param name="sizes">How many original tokens each stands for; empty = one each.</param>
    /// <param name="others">Rows that stay as they are: those of the sequence that are no candidates.</param>
    public TokenMap ToMap(int inputs, ReadOnlySpan<float> sizes, int[]? others = null)
    {
        if (Clusters is null)
        {
            return TokenMap.Keep(inputs, Kept);
        }

        var members = new List<int>?[inputs];
        for (int item = 0; item < Clusters.Labels.Length; item++)
        {
            if (Clusters.Labels[item] >= 0)
            {
                (members[Rows[Clusters.Labels[item]]] ??= []).Add(Rows[item]);
            }
        }

        foreach (int row in others ?? [])
        {
            members[row] = [row];
        }

        var map = new TokenMapBuilder(inputs);
        var outputSizes = new List<float>();
        for (int row = 0; row < inputs; row++)
        {
            if (members[row] is { } group)
            {
                outputSizes.Add(AddRow(map, row, group, sizes));
            }
        }

        var built = map.Build();
        built = others is null ? built : built.WithSizes([.. outputSizes]);
        return AveragesPositions ? built.WithMeanPositions() : built;
    }

    /// <summary>Adds a row whose members are <paramref name="group"/>; where the mean is not taken they are there with no weight, because they count.</summary>
    private float AddRow(TokenMapBuilder map, int representative, List<int> group, ReadOnlySpan<float> sizes)
    {
        float total = 0;
        foreach (int member in group)
        {
            total += sizes.Length > 0 ? sizes[member] : 1;
        }

        foreach (int member in group)
        {
            float size = WeighsBySize && sizes.Length > 0 ? sizes[member] : 1;
            float mean = size / (WeighsBySize ? total : group.Count);
            map.Add(member, TakesMean ? mean : member == representative ? 1 : 0);
        }

        map.EndRow(representative);
        return total;
    }
}
