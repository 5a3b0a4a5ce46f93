using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Models.Quecc;

/// <summary>
/// QueCC, query-conditioned token compression (arXiv 2411.03312): the question's text feature is added to the patches, a strided depth-wise convolution
/// makes one query of each cell, and each query attends to the patches of its window in several levels of the encoder. What comes out has the width of the
/// encoder and goes through an ordinary projector.
/// </summary>
public sealed class QueccLayer : IDisposable
{
    private const float Epsilon = 1e-6f;

    private readonly Linear _text;
    private readonly LayerNorm _textNorm;
    private readonly (Mlp Mlp, LayerNorm Norm) _query;
    private readonly (Mlp Mlp, LayerNorm Norm) _key;
    private readonly (Mlp Mlp, LayerNorm Norm) _value;
    private readonly Tensor _taps;
    private readonly Tensor _offset;
    private readonly SelfAttention _attention;

    private QueccLayer(WeightReader weights, QueccConfig config, Compute compute)
    {
        Config = config;
        int width = config.Width;
        LevelsWidth = weights.At("k_proj").At(0).TryStored("weight", out var key) && key.Shape.Rank == 2 ? key.RowLength : width * config.Levels.Count;
        _text = Linear.Load(weights.At("text_projection").At(0), config.TextWidth, width, bias: true, compute);
        _textNorm = LayerNorm.Load(weights.At("text_projection").At(1), width, Epsilon);
        _query = LoadMap(weights.At("q_proj"), width, width, compute);
        _key = LoadMap(weights.At("k_proj"), LevelsWidth, width, compute);
        _value = LoadMap(weights.At("v_proj"), LevelsWidth, width, compute);
        using (var kernels = weights.At("q_downsample").Vector("weight", width, 1, config.Grid.Kernel, config.Grid.Kernel))
        {
            _taps = Transposed(kernels);
        }

        _offset = weights.At("q_downsample").Vector("bias", width);
        _attention = LoadAttention(weights.At("clip_attn"), width, compute);
    }

    /// <summary>Sizes.</summary>
    public QueccConfig Config { get; }

    /// <summary>Width of the rows that keys and values are made of, as the weights have it.</summary>
    public int LevelsWidth { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _text.Bytes + _query.Mlp.Bytes + _key.Mlp.Bytes + _value.Mlp.Bytes + _attention.Bytes + (_taps.Shape.Count * sizeof(float));

    /// <summary>Multiply-adds of one picture, the text feature given.</summary>
    public long MultiplyAdds
    {
        get
        {
            long width = Config.Width, patches = Config.Grid.Patches, tokens = Config.Grid.Tokens;
            long maps = patches * (_query.Mlp.MultiplyAdds + _key.Mlp.MultiplyAdds + _value.Mlp.MultiplyAdds + (2 * width * width));
            return maps + (tokens * ((2 * width * width) + (width * _taps.Rows) + (2 * width * Config.Grid.WindowPatches))) + (width * Config.TextWidth);
        }
    }

    /// <summary>Reads the compressor by the names that follow <c>model.mm_projector.0.</c> in a checkpoint.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static QueccLayer Load(WeightReader weights, QueccConfig config, Compute compute) => new(weights, config, compute);

    /// <summary>Patches to tokens.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="levels">[pictures · patches, levels width], the patches row by row.</param>
    /// <param name="text">[pictures, text width].</param>
    /// <param name="patches">[pictures · patches, width]; changed.</param>
    /// <returns>[pictures · tokens, width], the cells row by row; rented.</returns>
    public Tensor Forward(Compute compute, Tensor levels, Tensor text, Tensor patches) =>
        Attend(compute, Downsample(compute, MapQueries(compute, patches, ProjectText(compute, text))), levels, []);

    /// <summary>Text features in the width of the patches: [pictures, text width] → [pictures, width], rented.</summary>
    public Tensor ProjectText(Compute compute, Tensor text) => _textNorm.Forward(compute, _text.Forward(compute, text));

    /// <summary>Adds each picture's text to its patches, in place, and maps them.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="patches">[pictures · patches, width]; changed.</param>
    /// <param name="text">[pictures, width].</param>
    /// <returns>[pictures · patches, width], rented.</returns>
    public Tensor MapQueries(Compute compute, Tensor patches, Tensor text)
    {
        for (int row = 0; row < patches.Rows; row++)
        {
            TensorPrimitives.Add<float>(patches.Row<float>(row), text.Row<float>(row / Config.Grid.Patches), patches.Row<float>(row));
        }

        return Map(compute, _query, patches);
    }

    /// <summary>The depth-wise convolution: [pictures · patches, width] → [pictures · tokens, width], rented. Channel by channel, without padding, the taps row by row.</summary>
    public Tensor Downsample(Compute compute, Tensor map)
    {
        var grid = Config.Grid;
        var cells = compute.Rent(map.Rows / grid.Patches * grid.Tokens, Config.Width);
        for (int row = 0; row < cells.Rows; row++)
        {
            int cell = row % grid.Tokens;
            int first = (row / grid.Tokens * grid.Patches) + (cell / grid.Cells * grid.Stride * grid.Side) + (cell % grid.Cells * grid.Stride);
            var sum = cells.Row<float>(row);
            _offset.AsSpan<float>().CopyTo(sum);
            for (int tap = 0; tap < _taps.Rows; tap++)
            {
                TensorPrimitives.FusedMultiplyAdd(map.Row<float>(first + (tap / grid.Kernel * grid.Side) + (tap % grid.Kernel)), _taps.Row<float>(tap), sum, sum);
            }
        }

        return cells;
    }

    /// <summary>Every cell's query attends to the patches of its window.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="cells">[pictures · tokens, width].</param>
    /// <param name="levels">[pictures · patches, levels width].</param>
    /// <param name="captures">One per cell, or empty.</param>
    /// <returns>[pictures · tokens, width], rented.</returns>
    public Tensor Attend(Compute compute, Tensor cells, Tensor levels, ReadOnlySpan<AttentionCapture> captures)
    {
        int keys = Config.Grid.WindowPatches;
        int[] order = Config.Grid.WindowOrder(levels.Rows / Config.Grid.Patches);
        var rows = new SharedRows(Map(compute, _key, levels));
        var key = InOrder(compute, _attention.Keys(compute, ref rows), order);
        rows = new SharedRows(Map(compute, _value, levels));
        var value = InOrder(compute, _attention.Values(compute, ref rows), order);
        var segments = new AttentionSegment[cells.Rows];
        for (int cell = 0; cell < segments.Length; cell++)
        {
            segments[cell] = new AttentionSegment(cell, 1, key, value, cell * keys, keys, null, captures.IsEmpty ? null : captures[cell]);
        }

        rows = new SharedRows(cells);
        return _attention.Attend(compute, _attention.Queries(compute, ref rows), segments);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _textNorm.Dispose();
        foreach (var (mlp, norm) in new[] { _query, _key, _value })
        {
            mlp.Dispose();
            norm.Dispose();
        }

        _taps.Dispose();
        _offset.Dispose();
        _attention.Dispose();
    }

    private static Tensor Map(Compute compute, (Mlp Mlp, LayerNorm Norm) map, Tensor rows) => map.Norm.Forward(compute, map.Mlp.Forward(compute, rows));

    private static Tensor InOrder(Compute compute, Tensor rows, int[] order)
    {
        var ordered = compute.Rent(rows.Rows, rows.RowLength);
        compute.Gather(rows, order, ordered);
        return ordered;
    }

    private static (Mlp Mlp, LayerNorm Norm) LoadMap(WeightReader weights, int inputs, int width, Compute compute) => (
        new Mlp(Linear.Load(weights.At(0), inputs, width, bias: true, compute), Linear.Load(weights.At(2), width, width, bias: true, compute), Activation.Gelu),
        LayerNorm.Load(weights.At(3), width, Epsilon));

    /// <summary>The three projections of the input lie in one matrix: queries, keys, values.</summary>
    private static SelfAttention LoadAttention(WeightReader weights, int width, Compute compute)
    {
        var stored = weights.Stored("in_proj_weight", 3 * width, width);
        using var bias = weights.Vector("in_proj_bias", 3 * width);
        var parts = new Linear[3];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Linear.Of(weights, stored.Slice(i * width, width), Tensor.From(bias.AsSpan<float>().Slice(i * width, width), width), compute, $"in_proj {i}");
        }

        int size = width / QueccConfig.Heads;
        return new SelfAttention(
            parts[0], parts[1], parts[2], Linear.Load(weights.At("out_proj"), width, width, bias: true, compute),
            new AttentionSettings(QueccConfig.Heads, QueccConfig.Heads, size, 1 / MathF.Sqrt(size), Causal: false));
    }

    /// <summary>[width, 1, k, k] → [k · k, width]: one row per tap.</summary>
    private static Tensor Transposed(Tensor kernels)
    {
        var taps = Tensor.Allocate(kernels.RowLength, kernels.Rows);
        for (int tap = 0; tap < taps.Rows; tap++)
        {
            for (int channel = 0; channel < taps.RowLength; channel++)
            {
                taps.Row<float>(tap)[channel] = kernels.Row<float>(channel)[tap];
            }
        }

        return taps;
    }
}
