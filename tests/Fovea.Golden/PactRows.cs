using Fovea.Nn;
using Fovea.Reduction;

namespace Fovea.Golden;

/// <summary>Comparison of token maps and positions as PACT's cases store them.</summary>
internal static class PactRows
{
    /// <summary>Compares the rows of a map as sets; entries without weight only count members and are left out.</summary>
    public static void CheckRows(GoldenCase golden, string prefix, TokenMap map)
    {
        int[] offsets = golden.Output(prefix + "map_offsets").AsSpan<int>().ToArray(), index = golden.Output(prefix + "map_index").AsSpan<int>().ToArray();
        Compare.Exact($"{prefix}rows", offsets.Length - 1, map.Outputs);
        for (int row = 0; row < map.Outputs; row++)
        {
            var entries = Enumerable.Range(map.Offsets[row], map.Offsets[row + 1] - map.Offsets[row]).Where(e => map.Weights[e] != 0);
            int[] actual = [.. entries.Select(e => map.Columns[e]).Order()];
            int[] expected = [.. index[offsets[row]..offsets[row + 1]].Order()];
            Compare.Text($"{prefix}map row {row}", string.Join(" ", expected), string.Join(" ", actual));
            if (golden.HasOutput(prefix + "map_weight"))
            {
                var stored = golden.Output(prefix + "map_weight").AsSpan<float>()[offsets[row]..offsets[row + 1]].ToArray();
                float[] wanted = [.. Enumerable.Range(0, stored.Length).OrderBy(e => index[offsets[row] + e]).Select(e => stored[e])];
                float[] weights = [.. entries.OrderBy(e => map.Columns[e]).Select(e => map.Weights[e])];
                Compare.Numbers($"{prefix}weights of row {row}", wanted, weights, 1e-6, 1e-5);
            }
        }
    }

    /// <summary>Compares positions: [n], or t, h and w as [3, n].</summary>
    public static void CheckPositions(GoldenCase golden, string name, IReadOnlyList<TokenPosition> positions) => golden.Check(name, golden.Output(name).Shape.Rank == 1
        ? (int[])[.. positions.Select(position => position.Temporal)]
        : (int[])[.. positions.Select(position => position.Temporal), .. positions.Select(position => position.Height), .. positions.Select(position => position.Width)]);

    /// <summary>Positions with the reference's one mean for all axes at the visual tokens.</summary>
    public static TokenPosition[] ScalarMeans(TokenMap map, TokenPosition[] positions, int[] visual) => [.. Enumerable.Range(0, map.Outputs).Select(row =>
        visual.Contains(map.Representatives[row])
            ? PactCases.ScalarMean(map.Columns[map.Offsets[row]..map.Offsets[row + 1]].ToArray().Select(member => positions[member]))
            : positions[map.Representatives[row]])];
}
