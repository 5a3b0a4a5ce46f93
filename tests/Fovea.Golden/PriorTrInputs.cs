using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary>The tensors of a PriorTR case as the signals that its methods ask for.</summary>
internal sealed class PriorTrInputs(GoldenCase golden, Compute compute)
{
    private readonly int _start = golden.Options.GetProperty("image_token_range")[0].GetInt32();
    private readonly int _end = golden.Options.GetProperty("image_token_range")[1].GetInt32();

    /// <summary>The visual tokens, in the grid that the case names or in one row.</summary>
    public Geometry Geometry
    {
        get
        {
            int count = _end - _start;
            int[] sides = golden.Options.TryGetProperty("grid", out var grid) ? [.. grid.EnumerateArray().Select(side => side.GetInt32())] : [1, count];
            int columns = sides[^1];
            return new Geometry(
                [.. Enumerable.Range(0, count).Select(i => new VisualToken(0, 0, 0, 0, i / columns, i % columns, VisualTokenKind.Patch))],
                [new TokenGrid(0, 0, sides[^2], columns)]);
        }
    }

    /// <summary>A signal's value, and the candidates' columns.</summary>
    public (Tensor Value, int[] Columns) Value(Signal signal)
    {
        int[] columns = [.. Enumerable.Range(_start, _end - _start)];
        switch (signal)
        {
            case Signal.AttentionRowsSignal rows:
                return (golden.HasInput("attention_last") ? LastRow() : Rows(rows.Queries), columns);
            case Signal.SeparateRowsSignal:
                var prior = golden.Input("prior");
                return (prior.Reshape(1, 1, prior.Rows), [.. Enumerable.Range(0, _end - _start)]);
            case Signal.FeaturesSignal:
                return (golden.HasInput("z_now") ? golden.Input("z_now") : golden.Input("embeddings").Slice(0, _end - _start), []);
            case Signal.LayerInputSignal when golden.HasInput("z_ref"):
                return (golden.Input("z_ref"), [.. Enumerable.Range(0, _end - _start)]);
            case Signal.LayerInputSignal when golden.HasInput("embeddings"):
                return (Prepared(true), []);
            case Signal.InstructionEmbeddingsSignal:
                return (Prepared(false), []);
            default:
                throw new GoldenMismatchException($"the case has no input for {signal}");
        }
    }

    /// <summary>CLSE's magnitudes of one of the inputs.</summary>
    public float[] Magnitude(string name, bool cube)
    {
        int[] sides = [.. golden.Options.GetProperty("grid").EnumerateArray().Select(side => side.GetInt32())];
        double cutoff = golden.Options.GetProperty("clse_cutoff_ratio").GetDouble();
        bool frames = sides.Length == 3 && !cube;
        int[] one = frames ? sides[1..] : sides;
        int cells = one.Aggregate(1, (product, side) => product * side);
        return [.. Enumerable.Range(0, golden.Input(name).Rows / cells).SelectMany(frame =>
            SpectralEvolution.Magnitude(golden.Input(name).Slice(frame * cells, cells), one, cutoff, frames ? 1e-6 : 0) ?? throw new GoldenMismatchException("the grid has no spectrum"))];
    }

    /// <summary>The sequence as it was when the raters were chosen, cut at the pictures' end then.</summary>
    private Tensor Prepared(bool visual)
    {
        var all = golden.Input("embeddings");
        var range = golden.Options.GetProperty("image_token_range_at_prepare");
        int start = range[0].GetInt32(), end = range[1].GetInt32();
        return visual ? all.Slice(start, end - start) : all.Slice(end, all.Rows - end);
    }

    private Tensor LastRow() => golden.Input("attention_last") is var last ? last.Reshape(last.Rows, 1, last.RowLength) : last;

    private Tensor Rows(Queries queries)
    {
        var attention = golden.Input("attention");
        float[] values = attention.ElementType switch
        {
            ElementType.F32 => attention.AsSpan<float>().ToArray(),
            ElementType.F16 => Array.ConvertAll(attention.AsSpan<Half>().ToArray(), value => (float)value),
            ElementType.BF16 => Array.ConvertAll(attention.AsSpan<BFloat16>().ToArray(), value => value.ToSingle()),
            _ => throw new GoldenMismatchException($"attention is stored as {attention.ElementType}"),
        };
        int heads = attention.Shape[0], count = attention.Shape[1];
        int[] rows = queries.Rows(_end, count);
        var chosen = compute.Rent(heads, rows.Length, count);
        for (int head = 0; head < heads; head++)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                values.AsSpan(((head * count) + rows[row]) * count, count).CopyTo(chosen.Row<float>(head)[(row * count)..]);
            }
        }

        return chosen;
    }
}
