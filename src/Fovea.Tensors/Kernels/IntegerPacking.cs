using System.Runtime.CompilerServices;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Kernels;

/// <summary>Packs integer weights and their scales into the panels that <see cref="IntegerPanels"/> describes.</summary>
internal unsafe struct IntegerPacking : IRangeWork
{
    // 32 rows of it, and as much again for what becomes of them, stay in the first-level cache.
    private const int Chunk = 256;

    public sbyte* Codes;
    public float* Scales;
    public int Rows;
    public IntegerPanels Layout;
    public byte* Destination;

    public readonly void Execute(int start, int end, int worker)
    {
        for (int panel = start; panel < end; panel++)
        {
            for (int group = 0; group < Layout.Groups; group++)
            {
                byte* destination = Destination + (panel * Layout.PanelBytes) + Layout.BytesBefore(group);
                PackNumbers(panel * Panels.Columns, group, destination);
                PackScales(panel * Panels.Columns, group, (float*)(Destination + (panel * Layout.PanelBytes) + Layout.BytesBefore(group + 1)) - Panels.Columns);
            }
        }
    }

    [SkipLocalsInit]
    private readonly void PackNumbers(int row, int group, byte* destination)
    {
        byte* chunk = stackalloc byte[Panels.Columns * Chunk], packed = stackalloc byte[Panels.Columns * Chunk];
        int rows = Math.Min(Panels.Columns, Rows - row), end = Layout.GroupInputs(group);
        for (int first = 0; first < end; first += Chunk)
        {
            int padded = Math.Min(Chunk, end - first);
            int start = (group * Layout.Group) + first, count = Math.Min(padded, Layout.Inputs - start);
            for (int r = 0; r < rows; r++)
            {
                Shift(Codes + ((long)(row + r) * Layout.Inputs) + start, count, padded, chunk + (r * Chunk));
            }

            // Four bytes take the place of a float.
            byte* target = Layout.IsFourBit ? packed : destination;
            Panels.Pack((float*)chunk, Chunk / 4, rows, padded / 4, (float*)target, Panels.Columns);
            if (Layout.IsFourBit)
            {
                FourBits.Pack(packed, padded / 4, destination);
            }

            destination += padded * Panels.Columns / (Layout.IsFourBit ? 2 : 1);
        }
    }

    private readonly void Shift(sbyte* codes, int count, int padded, byte* destination)
    {
        byte offset = (byte)Layout.Offset;
        for (int i = 0; i < count; i++)
        {
            destination[i] = (byte)(codes[i] + offset);
        }

        new Span<byte>(destination + count, padded - count).Clear();
    }

    private readonly void PackScales(int row, int group, float* destination)
    {
        for (int c = 0; c < Panels.Columns; c++)
        {
            destination[c] = row + c < Rows ? Scales[((long)(row + c) * Layout.Groups) + group] : 0;
        }
    }
}
