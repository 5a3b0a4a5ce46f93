using System.Numerics.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Autograd;

/// <summary>
/// The gradients of softmax attention, for blocks of rows. With probabilities P, output gradients G and D = P ⊙ (G·Vᵀ − rowsum(P ⊙ G·Vᵀ)):
/// dV += Pᵀ·G, dQ = scale D·K, dK += scale Dᵀ·Q, dbias += Σ D. A block holds its scores alone; rows are those of <see cref="AttentionSequence"/>, so the
/// query heads of a key/value head are multiplied together. Key/value heads are independent of each other, so each is one thread's.
/// </summary>
internal unsafe struct AttentionSlopes : IRangeWork
{
    public KernelSet Kernels;
    public AttentionSettings Settings;
    public AttentionSegment[] Segments;
    public Tensor Queries;
    public Tensor Keys;
    public Tensor Values;
    public Tensor? KeyBias;

    /// <summary>That of the result.</summary>
    public Tensor Gradient;

    /// <summary>Receives that of the queries.</summary>
    public Tensor ToQueries;

    /// <summary>That of the keys is added to it.</summary>
    public Tensor ToKeys;

    /// <summary>That of the values is added to it.</summary>
    public Tensor ToValues;

    /// <summary>[kvHeads, keys], so that no two threads add to one number.</summary>
    public Tensor ToBias;

    /// <summary>[threads, <see cref="AttentionSlopesScratch.Length"/>].</summary>
    public Tensor Scratch;

    private readonly int Group => Settings.Heads / Settings.KeyValueHeads;

    /// <summary>The key/value heads from <paramref name="start"/> to <paramref name="end"/> − 1, of all sequences in order.</summary>
    public readonly void Execute(int start, int end, int worker)
    {
        for (int head = start; head < end; head++)
        {
            foreach (ref readonly var segment in Segments.AsSpan())
            {
                var scratch = new AttentionSlopesScratch((float*)Scratch.Pointer + ((long)worker * Scratch.RowLength), Settings.HeadSize, segment.KeyCount);
                float* keys = Keys.Floats + Place(segment, head), values = Values.Floats + Place(segment, head);
                PackRows(keys, Keys.RowLength, segment.KeyCount, Settings.HeadSize, scratch.PackedKeys, Panels.Columns);
                PackRows(values, Values.RowLength, segment.KeyCount, Settings.HeadSize, scratch.PackedValues, Panels.Columns);
                int rows = segment.QueryCount * Group;
                for (int first = 0; first < rows; first += AttentionSlopesScratch.BlockRows)
                {
                    AddBlock(segment, head, first, Math.Min(AttentionSlopesScratch.BlockRows, rows - first), keys, scratch);
                }
            }
        }
    }

    private readonly void AddBlock(in AttentionSegment segment, int head, int first, int rows, float* keys, in AttentionSlopesScratch w)
    {
        int d = Settings.HeadSize;
        int count = LastKey(segment, first + rows - 1) + 1;
        if (count <= 0)
        {
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            int query = segment.QueryStart + ((first + row) / Group), column = ((head * Group) + ((first + row) % Group)) * d;
            Queries.Row<float>(query).Slice(column, d).CopyTo(new Span<float>(w.Queries + (row * d), d));
            Gradient.Row<float>(query).Slice(column, d).CopyTo(new Span<float>(w.Gradients + (row * d), d));
        }

        PackRows(w.Queries, d, rows, d, w.Left, Panels.Rows);
        Multiply(w.Left, w.PackedKeys, w.Probabilities, rows, count, d);
        PackRows(w.Gradients, d, rows, d, w.Left, Panels.Rows);
        Multiply(w.Left, w.PackedValues, w.Slopes, rows, count, d);
        for (int row = 0; row < rows; row++)
        {
            int last = LastKey(segment, first + row);
            Weigh(
                new Span<float>(w.Probabilities + ((long)row * count), count),
                new Span<float>(w.Slopes + ((long)row * count), count),
                Settings.Window > 0 ? Math.Max(0, last - Settings.Window + 1) : 0,
                last + 1,
                segment,
                head);
        }

        PackRows(w.Slopes, count, rows, count, w.Left, Panels.Rows);
        PackColumns(keys, Keys.RowLength, count, w.Right);
        Multiply(w.Left, w.Right, w.Products, rows, d, count);
        for (int row = 0; row < rows; row++)
        {
            int query = segment.QueryStart + ((first + row) / Group), column = ((head * Group) + ((first + row) % Group)) * d;
            new ReadOnlySpan<float>(w.Products + (row * d), d).CopyTo(ToQueries.Row<float>(query).Slice(column, d));
        }

        AddTransposed(w.Slopes, w.Queries, rows, count, ToKeys.Floats + Place(segment, head), w);
        AddTransposed(w.Probabilities, w.Gradients, rows, count, ToValues.Floats + Place(segment, head), w);
    }

    /// <summary>Scores become probabilities, the products with the values become scale · D; both are zero where the row sees no key.</summary>
    private readonly void Weigh(Span<float> probabilities, Span<float> slopes, int start, int end, in AttentionSegment segment, int head)
    {
        end = Math.Max(start, end);
        probabilities[..start].Clear();
        probabilities[end..].Clear();
        slopes[..start].Clear();
        slopes[end..].Clear();
        if (start == end)
        {
            return;
        }

        Span<float> p = probabilities[start..end], slope = slopes[start..end];
        TensorPrimitives.Multiply(p, Settings.Scale, p);
        if (KeyBias is not null)
        {
            TensorPrimitives.Add(p, KeyBias.AsSpan<float>().Slice(segment.KeyStart + start, p.Length), p);
        }

        fixed (float* row = p)
        {
            Kernels.Softmax(row, p.Length);
        }

        TensorPrimitives.Subtract(slope, TensorPrimitives.Dot<float>(p, slope), slope);
        TensorPrimitives.Multiply(slope, p, slope);
        if (KeyBias is not null)
        {
            var bias = ToBias.Row<float>(head).Slice(segment.KeyStart + start, p.Length);
            TensorPrimitives.Add(bias, slope, bias);
        }

        TensorPrimitives.Multiply(slope, Settings.Scale, slope);
    }

    /// <summary>sum += matrixᵀ · rows, for the keys that are counted.</summary>
    private readonly void AddTransposed(float* matrix, float* right, int rows, int count, float* sum, in AttentionSlopesScratch w)
    {
        int d = Settings.HeadSize;
        for (int key = 0; key < count; key += Panels.Rows)
        {
            Panels.PackColumns(matrix + key, count, Math.Min(Panels.Rows, count - key), rows, w.Left + ((long)key * rows), Panels.Rows);
        }

        PackColumns(right, d, rows, w.Right);
        Multiply(w.Left, w.Right, w.Products, count, d, rows);
        for (int key = 0; key < count; key++)
        {
            var to = new Span<float>(sum + ((long)key * Keys.RowLength), d);
            TensorPrimitives.Add(to, new ReadOnlySpan<float>(w.Products + ((long)key * d), d), to);
        }
    }

    private readonly void Multiply(float* left, float* right, float* result, int rows, int columns, int length)
    {
        var operands = new ProductOperands { PackedA = left, PackedB = right, C = result, M = rows, N = columns, K = length };
        Kernels.MultiplyTiles(operands, 0, operands.RowPanels * operands.ColumnPanels, worker: 0);
    }

    private static void PackRows(float* rows, long stride, int count, int length, float* packed, int width)
    {
        for (int row = 0; row < count; row += width)
        {
            Panels.Pack(rows + (row * stride), stride, Math.Min(width, count - row), length, packed + ((long)row * length), width);
        }
    }

    private readonly void PackColumns(float* rows, long stride, int count, float* packed)
    {
        for (int column = 0; column < Settings.HeadSize; column += Panels.Columns)
        {
            int columns = Math.Min(Panels.Columns, Settings.HeadSize - column);
            Panels.PackColumns(rows + column, stride, columns, count, packed + ((long)column * count), Panels.Columns);
        }
    }

    private readonly int LastKey(in AttentionSegment segment, int row) =>
        Settings.Causal ? segment.KeyCount - segment.QueryCount + (row / Group) : segment.KeyCount - 1;

    private readonly long Place(in AttentionSegment segment, int head) => ((long)segment.KeyStart * Keys.RowLength) + (head * Settings.HeadSize);
}
