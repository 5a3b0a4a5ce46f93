using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Kernels;

/// <summary>Packs rows into panels of a 16-bit format, [inputs/2][width][2], with a zero behind an odd number of inputs.</summary>
internal unsafe struct PairPacking : IRangeWork
{
    // 32 rows of it stay in the first-level cache.
    private const int Chunk = 256;

    public byte* Source;
    public ElementType Type;
    public ElementType Target;
    public int Rows;
    public int Length;

    /// <summary>Rows of a panel, up to <see cref="Panels.Columns"/>.</summary>
    public int Width;

    /// <summary>Whether a finite number that becomes infinite is an error.</summary>
    public bool ChecksRange;
    public float* Destination;

    [SkipLocalsInit]
    public readonly void Execute(int start, int end, int worker)
    {
        ushort* chunk = stackalloc ushort[Panels.Columns * Chunk];
        for (int panel = start; panel < end; panel++)
        {
            int row = panel * Width, rows = Math.Min(Width, Rows - row);
            float* destination = Destination + ((long)row * ((Length + 1) / 2));
            for (int first = 0; first < Length; first += Chunk)
            {
                int count = Math.Min(Chunk, Length - first);
                for (int r = 0; r < rows; r++)
                {
                    Read(row + r, first, new Span<ushort>(chunk + (r * Chunk), count));
                    chunk[(r * Chunk) + count - 1 + (count % 2)] = count % 2 == 0 ? chunk[(r * Chunk) + count - 1] : (ushort)0;
                }

                Panels.Pack((float*)chunk, Chunk / 2, rows, (count + 1) / 2, destination + ((long)first / 2 * Width), Width);
            }
        }
    }

    [SkipLocalsInit]
    private readonly void Read(int row, int first, Span<ushort> destination)
    {
        int bytes = Type.Bytes();
        var source = new ReadOnlySpan<byte>(Source + ((((long)row * Length) + first) * bytes), destination.Length * bytes);
        if (Type == Target)
        {
            MemoryMarshal.Cast<byte, ushort>(source).CopyTo(destination);
            return;
        }

        Span<float> wide = stackalloc float[Chunk];
        Widen.Convert(source, Type, wide);
        if (Target == ElementType.BF16)
        {
            Narrow.Round(wide[..destination.Length], MemoryMarshal.Cast<ushort, BFloat16>(destination));
        }
        else
        {
            TensorPrimitives.ConvertToHalf(wide[..destination.Length], MemoryMarshal.Cast<ushort, Half>(destination));
        }

        for (int i = 0; ChecksRange && i < destination.Length; i++)
        {
            if (float.IsFinite(wide[i]) && !IsFinite(destination[i]))
            {
                throw new ArgumentException($"The weight [{row}, {first + i}] is {wide[i]:R}, too large for {Target}.");
            }
        }
    }

    private readonly bool IsFinite(ushort bits) => Target == ElementType.BF16 ? (bits & 0x7F80) != 0x7F80 : (bits & 0x7C00) != 0x7C00;
}
