using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    /// <summary>C = A·Bᵀ of two activations, such as all similarities of two sets of tokens; summed as <see cref="Linear(Tensor, PackedMatrix, Tensor?, in Epilogue)"/> does.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k].</param>
    /// <returns>C [m, n], rented.</returns>
    /// <exception cref="ArgumentException">Rows of different length, or a type other than f32.</exception>
    public Tensor Products(Tensor a, Tensor b) => Multiply(a, b, transposeB: true);

    /// <summary>C = op(A)·op(B) of two activations; summed as <see cref="Linear(Tensor, PackedMatrix, Tensor?, in Epilogue)"/> does.</summary>
    /// <param name="a">[m, k], or [k, m] if it is transposed.</param>
    /// <param name="b">[k, n], or [n, k] if it is transposed.</param>
    /// <param name="transposeA">Whether op(A) is Aᵀ.</param>
    /// <param name="transposeB">Whether op(B) is Bᵀ.</param>
    /// <returns>C [m, n], rented.</returns>
    /// <exception cref="ArgumentException">Extents that do not meet, or a type other than f32.</exception>
    public Tensor Multiply(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        var c = Rent(transposeA ? a.RowLength : a.Rows, transposeB ? b.Rows : b.RowLength);
        MultiplyInto(c, a, b, transposeA, transposeB);
        return c;
    }

    /// <summary>As <see cref="Multiply(Tensor, Tensor, bool, bool)"/>, into a tensor that exists.</summary>
    /// <exception cref="ArgumentException">Extents that do not meet, or a type other than f32.</exception>
    public void MultiplyInto(Tensor c, Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        int m = transposeA ? a.RowLength : a.Rows, k = transposeA ? a.Rows : a.RowLength, n = transposeB ? b.Rows : b.RowLength;
        Check((transposeB ? b.RowLength : b.Rows) == k, b, $"has sums of another length than {k}, that of the other factor {a}");
        Check(c.Rows == m && c.RowLength == n, c, $"does not take a product of {m} x {n}");
        var mark = Arena.Top;
        bool few = !transposeA && m <= MatrixRows.MaxRows;
        Multiply(new ProductOperands
        {
            A = a.Floats,
            PackedA = few ? null : Pack(a.Floats, m, k, Panels.Rows, byColumns: transposeA),
            PackedB = Pack(b.Floats, n, k, Panels.Columns, byColumns: !transposeB),
            C = c.Floats,
            M = m,
            N = n,
            K = k,
        });
        Arena.Release(mark);
    }

    private float* Pack(float* source, int rows, int length, int width, bool byColumns)
    {
        var packed = Rent(Panels.Count(rows, width), length, width);
        var work = new PackWork { Source = source, Rows = rows, Length = length, Destination = packed.Floats, Width = width, ByColumns = byColumns };
        Workers.Run(packed.Rows, (int)Math.Max(1, NumbersPerThread / Math.Max(1, (long)length * width)), ref work);
        return packed.Floats;
    }

    private struct PackWork : IRangeWork
    {
        public float* Source;
        public int Rows;
        public int Length;
        public float* Destination;
        public int Width;
        public bool ByColumns;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int panel = start; panel < end; panel++)
            {
                int row = panel * Width, count = Math.Min(Width, Rows - row);
                float* destination = Destination + ((long)row * Length);
                if (ByColumns)
                {
                    Panels.PackColumns(Source + row, Rows, count, Length, destination, Width);
                }
                else
                {
                    Panels.Pack(Source + ((long)row * Length), Length, count, Length, destination, Width);
                }
            }
        }
    }
}
