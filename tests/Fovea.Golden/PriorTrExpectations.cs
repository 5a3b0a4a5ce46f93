using Fovea.Generation;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Golden;

/// <summary>The expectations of a PriorTR pipeline case against one run.</summary>
internal sealed class PriorTrExpectations(GoldenCase golden, GoldenCase input, RecordingReducer? recorder, ReductionObserver seen, GenerationResult result)
{
    private readonly int _count = input.Input("input_ids").Rows;
    private readonly int _start = input.Root.GetProperty("image_token_range")[0].GetInt32();

    /// <summary>Checks everything but the other cache policy's values.</summary>
    /// <param name="policy">Prefix of this policy's values.</param>
    public void Check(string policy)
    {
        foreach (var expected in golden.Expected)
        {
            string name = expected.Name;
            if (name.StartsWith("trim.", StringComparison.Ordinal) || name.StartsWith("keep.", StringComparison.Ordinal))
            {
                if (name.StartsWith(policy, StringComparison.Ordinal))
                {
                    Decode(name, name[policy.Length..]);
                }
            }
            else if (name.StartsWith("stage", StringComparison.Ordinal))
            {
                Stage(name);
            }
            else
            {
                Prefill(name);
            }
        }
    }

    private void Decode(string name, string what)
    {
        switch (what)
        {
            case "lengths":
                golden.Check(name, seen.CacheLengths);
                break;
            case "tokens":
                golden.Check(name, [.. result.Tokens]);
                break;
            case "logits":
                golden.Check(name, [.. seen.Logits[1], .. seen.Logits[^1]]);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    private void Prefill(string name)
    {
        switch (name)
        {
            case "logits":
                golden.Check(name, seen.Logits[0]);
                break;
            case "sequence":
                golden.Check(name, Originals(int.MaxValue));
                break;
            case "positions":
                Positions();
                break;
            default:
                if (recorder is not null && recorder.Numbers.TryGetValue(name, out float[]? numbers))
                {
                    // A prior that is said to be divided by its sum counts up to its scale, as in the score: cases of our own decoder hold it undivided.
                    bool normalised = (golden.Root.GetProperty("expected").GetProperty(name).GetProperty("what").GetString() ?? "").Contains("divided by its sum", StringComparison.Ordinal);
                    golden.Check(name, normalised ? Array.ConvertAll(numbers, value => value / numbers.Sum() * Sum(golden.Output(name))) : numbers);
                }
                else
                {
                    golden.Check(name, recorder is not null && recorder.Indices.TryGetValue(name, out int[]? indices) ? indices : throw new GoldenMismatchException($"the expectation {name} is not understood"));
                }

                break;
        }
    }

    private static float Sum(Tensor values) => values.AsSpan<float>().ToArray().Sum();

    private void Stage(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        int index = int.Parse(name.AsSpan(5, dot - 5), System.Globalization.CultureInfo.InvariantCulture);
        var (layer, scores, kept) = recorder?.Decisions.ElementAtOrDefault(index) is { Scores: not null } decision ? decision : throw new GoldenMismatchException($"there is no stage {index}");
        switch (name[(dot + 1)..])
        {
            case "scores":
                golden.Check(name, scores);
                break;
            case "kept":
                golden.Check(name, kept);
                break;
            case "kept_original":
                int[] before = Originals(layer - 1);
                golden.Check(name, Array.ConvertAll(kept, token => before[_start + token]));
                break;
            case "merged":
                int[] after = seen.Maps[layer].OwnRepresentatives();
                golden.Check(name, [.. after.Index().Where(row => row.Item < 0).SelectMany(row => seen.Reduced[layer].Row<float>(row.Index).ToArray())]);
                break;
            default:
                throw new GoldenMismatchException($"the expectation {name} is not understood");
        }
    }

    /// <summary>The index in the unreduced sequence of every row that is left up to a layer, −1 for a merged one.</summary>
    private int[] Originals(int layer)
    {
        var first = recorder is not null && recorder.Indices.TryGetValue("vision.kept", out int[]? visual)
            ? TokenMap.Keep(_count, [.. Enumerable.Range(0, _count).Where(row => row < _start || row >= _start + result.Report.VisualTokens || visual.Contains(row - _start))])
            : TokenMap.Identity(_count);
        var chain = seen.Maps.Where(entry => entry.Key <= layer).OrderBy(entry => entry.Key).Aggregate(first, (all, entry) => all.Then(entry.Value));
        return [.. Enumerable.Range(0, chain.Outputs).Select(row => IsKept(chain, row) ? chain.Representatives[row] : -1)];
    }

    private static bool IsKept(TokenMap map, int row) => map.Offsets[row + 1] - map.Offsets[row] == 1 && map.Columns[map.Offsets[row]] == map.Representatives[row];

    private void Positions()
    {
        int[] originals = Originals(int.MaxValue);
        TokenPosition[] all = input.HasInput("positions") ? Given(input.Input("positions")) : [.. Enumerable.Range(0, _count).Select(TokenPosition.At)];
        var now = seen.Positions ?? Array.ConvertAll(originals, row => all[row]);
        var survivors = originals.Zip(now).Where(row => row.First >= 0).Select(row => row.Second).ToList();
        int axes = golden.Output("positions").Shape.Rank == 1 ? 1 : 3;
        golden.Check("positions", [.. Enumerable.Range(0, axes).SelectMany(axis => survivors.Select(position => axis == 0 ? position.Temporal : axis == 1 ? position.Height : position.Width))]);
    }

    private static TokenPosition[] Given(Tensor positions)
    {
        var values = positions.AsSpan<long>().ToArray();
        int count = values.Length / 3;
        return [.. Enumerable.Range(0, count).Select(i => new TokenPosition((int)values[i], (int)values[count + i], (int)values[(2 * count) + i]))];
    }
}
