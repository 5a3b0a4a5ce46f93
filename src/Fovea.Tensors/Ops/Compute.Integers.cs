using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    private void MultiplyIntegers(ref SharedRows x, PackedMatrix weight, in TileEpilogue epilogue, Tensor y)
    {
        if (y.Shape.Count == 0)
        {
            return;
        }

        var layout = weight.Layout;
        if (x.Codes == null || x.Layout != layout)
        {
            Round(ref x, layout);
        }

        var mark = Arena.Top;
        var operands = new IntegerOperands
        {
            A = x.Codes,
            RowScales = x.Scales,
            B = weight.Data,
            Layout = layout,
            C = y.Floats,
            Epilogue = epilogue,
            Scratch = layout.IsFourBit ? RentBytes(Workers.Degree * layout.ScratchBytes) : null,
            M = y.Rows,
            N = weight.Outputs,
        };
        var product = new IntegerWork { Kernels = Kernels, Operands = operands };
        long itemSize = (long)Panels.Columns * Math.Max(layout.Inputs, 1) * Math.Min(operands.M, Panels.Rows);
        Workers.Run(checked(operands.ColumnPanels * operands.RowPanels), (int)Math.Max(1, MultiplicationsPerThread / itemSize), ref product);
        Arena.Release(mark);
    }

    private void Round(ref SharedRows x, in IntegerPanels layout)
    {
        int rows = x.Rows.Rows;
        x.Layout = layout;
        x.Codes = (sbyte*)RentBytes((long)rows * layout.PaddedInputs);
        x.Scales = (float*)RentBytes((long)rows * layout.Groups * 2 * sizeof(float));
        var rounding = new RoundingWork { Kernels = Kernels, Source = x.Rows.Floats, Rows = rows, Layout = layout, Codes = x.Codes, Scales = x.Scales };
        Workers.Run(Panels.Count(rows, Panels.Rows), (int)Math.Max(1, NumbersPerThread / Math.Max(1, (long)layout.Inputs * Panels.Rows)), ref rounding);
    }

    private struct RoundingWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* Source;
        public int Rows;
        public IntegerPanels Layout;
        public sbyte* Codes;
        public float* Scales;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int panel = start; panel < end; panel++)
            {
                int row = panel * Panels.Rows, rows = Math.Min(Panels.Rows, Rows - row);
                sbyte* codes = Codes + ((long)row * Layout.PaddedInputs);
                float* scales = Scales + ((long)row * Layout.Groups * 2);
                Kernels.RoundRows(Source + ((long)row * Layout.Inputs), rows, Layout, codes, scales);
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
