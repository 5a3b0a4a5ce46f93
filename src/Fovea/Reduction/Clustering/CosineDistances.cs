using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Clustering;

/// <summary>
/// Cosine distances 1 − ⟨x_i, x_j⟩ / (|x_i|·|x_j|) between rows, each norm at least 1e-12, by the matrix kernels. Up to <see cref="LargestHeld"/> rows
/// all distances are held; beyond, they are made row by row or tile by tile, so that memory stays linear.
/// </summary>
public sealed class CosineDistances
{
    /// <summary>Most rows whose distances are held at once: 4096² numbers, 64 MiB.</summary>
    public const int LargestHeld = 4096;

    private const int TileRows = 256;
    private const int LeastNumbers = 1 << 16;

    private readonly Compute _compute;
    private readonly Tensor? _all;
    private readonly bool _clamped;
    private readonly float[] _row;

    /// <summary>Prepares the distances between all rows of <paramref name="vectors"/>. What it rents is the arena's.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="vectors">[n, width].</param>
    /// <param name="clamped">Whether negative distances, which rounding makes, become 0 and those of a row to itself exactly 0.</param>
    /// <param name="largestHeld">Rows up to which all distances are held.</param>
    public CosineDistances(Compute compute, Tensor vectors, bool clamped = true, int largestHeld = LargestHeld)
    {
        _compute = compute;
        _clamped = clamped;
        Unit = Normalized(compute, vectors);
        _row = [];
        if (Count > largestHeld)
        {
            _row = new float[Count];
        }
        else if (Count > 0)
        {
            _all = compute.Products(Unit, Unit);
            var finish = new RowWork(_all, 0, clamped, null);
            compute.Workers.Run(Count, LeastRows, ref finish);
        }
    }

    /// <summary>Rows that are worth a thread.</summary>
    private int LeastRows => LeastNumbers / Math.Max(1, Count);

    /// <summary>The number of rows.</summary>
    public int Count => Unit.Rows;

    /// <summary>The rows divided by their norms.</summary>
    public Tensor Unit { get; }

    /// <summary>Rows divided by their norms, each norm at least 1e-12: [n, width], rented.</summary>
    public static Tensor Normalized(Compute compute, Tensor vectors)
    {
        var unit = compute.Rent(vectors.Rows, vectors.RowLength);
        for (int i = 0; i < vectors.Rows; i++)
        {
            var row = vectors.Row<float>(i);
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), 1e-12f), unit.Row<float>(i));
        }

        return unit;
    }

    /// <summary>The distances of row <paramref name="i"/> to all rows; valid until the next call.</summary>
    public ReadOnlySpan<float> Row(int i)
    {
        if (_all is not null)
        {
            return _all.Row<float>(i);
        }

        var from = Unit.Row<float>(i);
        for (int j = 0; j < _row.Length; j++)
        {
            _row[j] = TensorPrimitives.Dot<float>(from, Unit.Row<float>(j));
        }

        Finish(_row, i, _clamped);
        return _row;
    }

    /// <summary>Density of every row: Σ_j exp(−(D_ij / 2)²), the row itself included.</summary>
    public float[] Densities()
    {
        var densities = new float[Count];
        for (int start = 0; start < Count; start += TileRows)
        {
            int rows = Math.Min(TileRows, Count - start);
            var mark = _compute.Arena.Top;
            var work = _all is null
                ? new RowWork(_compute.Products(Unit.Slice(start, rows), Unit), start, _clamped, densities)
                : new RowWork(_all.Slice(start, rows), start, null, densities);
            _compute.Workers.Run(rows, LeastRows, ref work);
            _compute.Arena.Release(mark);
        }

        return densities;
    }

    private static void Finish(Span<float> products, int self, bool clamped)
    {
        TensorPrimitives.Subtract(1f, products, products);
        if (clamped)
        {
            TensorPrimitives.Max(products, 0f, products);
            products[self] = 0;
        }
    }

    /// <summary>Makes distances of products, densities of distances, or one after the other.</summary>
    /// <param name="rows">Products, or distances.</param>
    /// <param name="first">What row 0 is.</param>
    /// <param name="finish">Whether distances are clamped; none if they are distances already.</param>
    /// <param name="densities">Where densities go; none if they are not wanted.</param>
    private readonly struct RowWork(Tensor rows, int first, bool? finish, float[]? densities) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            var scratch = new float[densities is null ? 0 : rows.RowLength];
            for (int row = start; row < end; row++)
            {
                var distances = rows.Row<float>(row);
                if (finish is { } clamped)
                {
                    Finish(distances, first + row, clamped);
                }

                if (densities is not null)
                {
                    TensorPrimitives.Multiply<float>(distances, distances, scratch);
                    TensorPrimitives.Multiply(scratch, -0.25f, scratch);
                    TensorPrimitives.Exp<float>(scratch, scratch);
                    densities[first + row] = TensorPrimitives.Sum<float>(scratch);
                }
            }
        }
    }
}
