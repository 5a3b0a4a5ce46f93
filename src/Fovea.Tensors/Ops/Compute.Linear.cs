using Fovea.Tensors.ElementTypes;
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
    /// <param name="epilogue">What follows.</param>
    /// <returns>y [rows, outputs], rented, or what the epilogue adds it to. A row's value depends on that row and the weights alone.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit together, or a type other than f32.</exception>
    /// <remarks>
    /// Floating-point weights: sums run over the inputs in ascending order in blocks of 512, the blocks are added in order, then the bias; 16-bit weights
    /// give the bits that the same numbers in f32 give. Integer weights: each row of x is rounded to 8 bits group by group (scale: greatest magnitude / 127;
    /// to nearest, ties to even), sums within a group are exact, groups are added in order, then the bias; a row with NaN or infinity becomes NaN.
    /// The number of rows, their place, the number of threads and the kernels change nothing, but for <see cref="KernelSet.RoundsInputs"/>.
    /// </remarks>
    public Tensor Linear(Tensor x, PackedMatrix weight, Tensor? bias = null, in Epilogue epilogue = default)
    {
        var y = LinearResult(x, weight, bias, epilogue);
        var mark = Arena.Top;
        var rows = new SharedRows(x);
        LinearInto(y, ref rows, weight, bias, epilogue);
        Arena.Release(mark);
        return epilogue.ResultOf(y);
    }

    /// <summary>As <see cref="Linear(Tensor, PackedMatrix, Tensor?, in Epilogue)"/>, of rows that enter several products.</summary>
    /// <exception cref="ArgumentException">Shapes that do not fit together, or a type other than f32.</exception>
    public Tensor Linear(ref SharedRows x, PackedMatrix weight, Tensor? bias = null, in Epilogue epilogue = default)
    {
        var y = LinearResult(x.Rows, weight, bias, epilogue);
        LinearInto(y, ref x, weight, bias, epilogue);
        return epilogue.ResultOf(y);
    }

    private Tensor LinearResult(Tensor x, PackedMatrix weight, Tensor? bias, in Epilogue epilogue)
    {
        Check(x.RowLength == weight.Inputs, x, $"has rows of {x.RowLength}, but the weight takes {weight.Inputs}");
        Check(bias is null || bias.Shape.Count == weight.Outputs, bias, $"is not one number for each of {weight.Outputs} outputs");
        Check(
            epilogue.Other is not { } other || (other.Rows == x.Rows && other.RowLength == weight.Outputs), epilogue.Other, $"is not {x.Rows} rows of {weight.Outputs} outputs");
        Check(epilogue.Scale is not { } scale || scale.Shape.Count == weight.Outputs, epilogue.Scale, $"is not one factor for each of {weight.Outputs} outputs");
        return Rent(x.Rows, weight.Outputs);
    }

    private void LinearInto(Tensor y, ref SharedRows x, PackedMatrix weight, Tensor? bias, in Epilogue epilogue)
    {
        var end = new TileEpilogue
        {
            Bias = bias is null ? null : bias.Floats,
            Scale = epilogue.Scale is null ? null : epilogue.Scale.Floats,
            Kind = epilogue.Kind,
            Function = epilogue.Function,
            Other = epilogue.Other is null ? null : epilogue.Other.Floats,
        };
        if (weight.Format.HasScales)
        {
            MultiplyIntegers(ref x, weight, end, y);
            return;
        }

        bool pairs = weight.Format.Kind == WeightKind.BF16 && Kernels.RoundsInputs;
        bool few = !pairs && y.Rows <= MatrixRows.MaxRows && !(weight.Format.Kind == WeightKind.F16 && Kernels.WidensHalves);
        if (pairs && x.Pairs == null)
        {
            x.Pairs = PackPairs(x.Rows);
        }

        if (!pairs && !few && x.Panels == null)
        {
            x.Panels = Pack(x.Rows.Floats, y.Rows, weight.Inputs, Panels.Rows, byColumns: false);
        }

        Multiply(new ProductOperands
        {
            A = x.Rows.Floats,
            PackedA = pairs ? x.Pairs : few ? null : x.Panels,
            AreInputsPairs = pairs,
            PackedB = (float*)weight.Data,
            Kind = weight.Format.Kind,
            C = y.Floats,
            Epilogue = end,
            M = y.Rows,
            N = weight.Outputs,
            K = weight.Inputs,
        });
    }

    private float* PackPairs(Tensor rows)
    {
        var packed = Rent(Panels.Count(rows.Rows, Panels.Rows), (rows.RowLength + 1) / 2, Panels.Rows);
        var work = new PairPacking
        {
            Source = rows.Pointer,
            Type = ElementType.F32,
            Target = ElementType.BF16,
            Rows = rows.Rows,
            Length = rows.RowLength,
            Width = Panels.Rows,
            Destination = packed.Floats,
        };
        Workers.Run(packed.Rows, (int)Math.Max(1, NumbersPerThread / Math.Max(1, (long)rows.RowLength * Panels.Rows)), ref work);
        return packed.Floats;
    }

    private void Multiply(ProductOperands operands)
    {
        if (operands.M == 0 || operands.N == 0)
        {
            return;
        }

        var mark = Arena.Top;
        bool few = operands.PackedA == null;

        if (!few && !operands.AreInputsPairs && operands.Kind != WeightKind.F32)
        {
            operands.Scratch = RentBytes(Workers.Degree * (long)ProductOperands.ScratchBytes);
        }

        var work = new ProductWork { Kernels = Kernels, Operands = operands, Few = few };
        long itemSize = (long)Panels.Columns * Math.Max(operands.K, 1) * (few ? operands.M : Panels.Rows);
        int items = few ? operands.ColumnPanels : checked(operands.ColumnPanels * operands.RowPanels);
        Workers.Run(items, (int)Math.Max(1, MultiplicationsPerThread / itemSize), ref work);
        Arena.Release(mark);
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
                Kernels.MultiplyTiles(Operands, start, end, worker);
            }
        }
    }
}
