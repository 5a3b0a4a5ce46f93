using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Kernels;

/// <summary>Packs weights of f32, f16 or bf16 into panels of f32, [inputs][32].</summary>
internal unsafe struct FloatPacking : IRangeWork
{
    public byte* Source;
    public ElementType Type;
    public int Rows;
    public int Length;
    public float* Destination;

    public readonly void Execute(int start, int end, int worker)
    {
        for (int panel = start; panel < end; panel++)
        {
            int row = panel * Panels.Columns;
            int rows = Math.Min(Panels.Columns, Rows - row);
            byte* source = Source + ((long)row * Length * Type.Bytes());
            Panels.Pack(source, Type, rows, Length, Destination + ((long)row * Length), Panels.Columns);
        }
    }
}
