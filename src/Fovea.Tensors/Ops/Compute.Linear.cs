using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    // Below this many multiplications a second thread costs more than it saves.
    private const long MultiplicationsPerThread = 1 << 18;

    /// <summary>y = x·Wᵀ + b.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="weight">W [outputs, inputs].</param>
    /// <param name="bias">b [outputs], or none.</param>
    /// <returns>y [rows, outputs], rented. A row's value depends on that row and the weights alone.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit together, or a type other than f32.</exception>
    /// <remarks>
    /// Sums run over the inputs in ascending order in blocks of 512, the blocks are added in order, then the bias; the number of rows, their
    /// place and the number of threads change nothing.
    /// </remarks>
    public Tensor Linear(Tensor x, PackedMatrix weight, Tensor? bias = null)
    {
        Check(x.RowLength == weight.Inputs, x, $"has rows of {x.RowLength}, but the weight takes {weight.Inputs}");
        Check(bias is null || bias.Shape.Count == weight.Outputs, bias, $"is not one number for each of {weight.Outputs} outputs");
        var y = Rent(x.Rows, weight.Outputs);
        var operands = new ProductOperands
        {
            A = x.Floats,
            PackedB = weight.Data,
            C = y.Floats,
            Bias = bias is null ? null : bias.Floats,
            M = x.Rows,
            N = weight.Outputs,
            K = weight.Inputs,
        };
        Multiply(operands);
        return y;
    }

    /// <summary>C = A·Bᵀ of two activations, such as all similarities of two sets of tokens; summed as <see cref="Linear"/> does.</summary>
    /// <param name="a">[m, k].</param>
    /// <param name="b">[n, k].</param>
    /// <returns>C [m, n], rented.</returns>
    /// <exception cref="ArgumentException">Rows of different length, or a type other than f32.</exception>
    public Tensor Products(Tensor a, Tensor b)
    {
        Check(a.RowLength == b.RowLength, b, $"has rows of {b.RowLength}, but the other factor {a} of {a.RowLength}");
        var c = Rent(a.Rows, b.Rows);
        var mark = Arena.Top;
        var packed = Rent(Panels.Count(b.Rows, Panels.Columns), b.RowLength, Panels.Columns);
        Pack(b.Floats, b.Rows, b.RowLength, packed.Floats, Panels.Columns);
        var operands = new ProductOperands
        {
            A = a.Floats,
            PackedB = packed.Floats,
            C = c.Floats,
            M = a.Rows,
            N = b.Rows,
            K = a.RowLength,
        };
        Multiply(operands);
        Arena.Release(mark);
        return c;
    }

    private void Multiply(ProductOperands operands)
    {
        if (operands.M == 0 || operands.N == 0)
        {
            return;
        }

        var mark = Arena.Top;
        bool few = operands.M <= MatrixRows.MaxRows;
        if (!few)
        {
            var packed = Rent(operands.RowPanels, operands.K, Panels.Rows);
            Pack(operands.A, operands.M, operands.K, packed.Floats, Panels.Rows);
            operands.PackedA = packed.Floats;
        }

        var work = new ProductWork { Kernels = Kernels, Operands = operands, Few = few };
        long itemSize = (long)Panels.Columns * Math.Max(operands.K, 1) * (few ? operands.M : Panels.Rows);
        int items = few ? operands.ColumnPanels : checked(operands.ColumnPanels * operands.RowPanels);
        Workers.Run(items, (int)Math.Max(1, MultiplicationsPerThread / itemSize), ref work);
        Arena.Release(mark);
    }

    private void Pack(float* source, int rows, int length, float* destination, int width)
    {
        var work = new PackWork { Source = source, Rows = rows, Length = length, Destination = destination, Width = width };
        Workers.Run(Panels.Count(rows, width), (int)Math.Max(1, NumbersPerThread / Math.Max(1, (long)length * width)), ref work);
    }

    private struct ProductWork : IRangeWork
    {
        public KernelSet Kernels;
        public ProductOperands Operands;
        public bool Few;

        public readonly void Execute(int start, int end, int worker)
        {
            if (Few)
            {
                Kernels.MultiplyRows(Operands, start, end);
            }
            else
            {
                Kernels.MultiplyTiles(Operands, start, end);
            }
        }
    }

    private struct PackWork : IRangeWork
    {
        public float* Source;
        public int Rows;
        public int Length;
        public float* Destination;
        public int Width;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int panel = start; panel < end; panel++)
            {
                int row = panel * Width;
                Panels.Pack(Source + ((long)row * Length), Length, Math.Min(Width, Rows - row), Length, Destination + ((long)row * Length), Width);
            }
        }
    }
}
