using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    private void MultiplyIntegers(float* x, PackedMatrix weight, float* bias, Tensor y)
    {
        if (y.Shape.Count == 0)
        {
            return;
        }

        var mark = Arena.Top;
        var layout = weight.Layout;
        var operands = new IntegerOperands
        {
            A = (sbyte*)RentBytes((long)y.Rows * layout.PaddedInputs),
            RowScales = (float*)RentBytes((long)y.Rows * layout.Groups * 2 * sizeof(float)),
            B = weight.Data,
            Layout = layout,
            C = y.Floats,
            Bias = bias,
            Scratch = layout.IsFourBit ? RentBytes(Workers.Degree * layout.ScratchBytes) : null,
            M = y.Rows,
            N = weight.Outputs,
        };
        var rounding = new RoundingWork { Kernels = Kernels, Source = x, Operands = operands };
        Workers.Run(operands.RowPanels, (int)Math.Max(1, NumbersPerThread / Math.Max(1, (long)layout.Inputs * Panels.Rows)), ref rounding);
        var product = new IntegerWork { Kernels = Kernels, Operands = operands };
        long itemSize = (long)Panels.Columns * Math.Max(layout.Inputs, 1) * Math.Min(operands.M, Panels.Rows);
        Workers.Run(checked(operands.ColumnPanels * operands.RowPanels), (int)Math.Max(1, MultiplicationsPerThread / itemSize), ref product);
        Arena.Release(mark);
    }

    private struct RoundingWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* Source;
        public IntegerOperands Operands;

        public readonly void Execute(int start, int end, int worker)
        {
            var layout = Operands.Layout;
            for (int panel = start; panel < end; panel++)
            {
                int row = panel * Panels.Rows, rows = Math.Min(Panels.Rows, Operands.M - row);
                sbyte* codes = Operands.A + ((long)row * layout.PaddedInputs);
                float* scales = Operands.RowScales + ((long)row * layout.Groups * 2);
                Kernels.RoundRows(Source + ((long)row * layout.Inputs), rows, layout, codes, scales);
            }
        }
    }

    private struct IntegerWork : IRangeWork
    {
        public KernelSet Kernels;
        public IntegerOperands Operands;

        public readonly void Execute(int start, int end, int worker) => Kernels.MultiplyIntegers(Operands, start, end, worker);
    }
}
