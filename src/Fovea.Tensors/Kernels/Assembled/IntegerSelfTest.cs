namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>Compares a way to compute integer tiles with plain loops on one small tile of each kind: a wrong encoding or an emulator must not go unnoticed.</summary>
internal static unsafe class IntegerSelfTest
{
    private const int Groups = 2;
    private const int Units = 1;
    private const int Inputs = Units * IntegerPanels.Unit;

    /// <summary>Adds the products of a tile to its sums.</summary>
    public delegate void Product(in IntegerTile tile);

    /// <summary>Whether all tiles come out the same to the last bit.</summary>
    public static bool Passes(Product product)
    {
        bool same = true;
        for (int rows = 1; rows <= Panels.Rows; rows++)
        {
            same &= Passes(product, rows, fourBit: false) && Passes(product, rows, fourBit: true);
        }

        return same;
    }

    private static bool Passes(Product product, int rows, bool fourBit)
    {
        const int Numbers = Inputs * Panels.Columns, GroupBytes = Numbers + IntegerPanels.ScaleBytes;
        sbyte* a = stackalloc sbyte[Groups * Inputs * rows];
        byte* b = stackalloc byte[Groups * GroupBytes], packed = stackalloc byte[Groups * GroupBytes];
        float* scales = stackalloc float[Groups * 2 * rows], expected = stackalloc float[rows * Panels.Columns], actual = stackalloc float[rows * Panels.Columns];
        for (int i = 0; i < Groups * Inputs * rows; i++)
        {
            a[i] = (sbyte)((i * 37 % 255) - 127);
        }

        for (int i = 0; i < Groups * 2 * rows; i++)
        {
            scales[i] = i / rows % 2 == 0 ? 0.37f + i : BitConverter.Int32BitsToSingle(i * -1001);
        }

        byte* packedEnd = packed;
        for (int group = 0; group < Groups; group++)
        {
            byte* numbers = b + (group * GroupBytes);
            for (int i = 0; i < Numbers; i++)
            {
                numbers[i] = (byte)(((i + group) * 59 % 251) & (fourBit ? 15 : 255));
            }

            for (int i = 0; i < Panels.Columns; i++)
            {
                ((float*)(numbers + Numbers))[i] = 0.11f * (i - 7);
            }

            FourBits.Pack(numbers, Inputs / 4, packedEnd);
            new ReadOnlySpan<byte>(numbers + Numbers, IntegerPanels.ScaleBytes).CopyTo(new Span<byte>(packedEnd + (Numbers / 2), IntegerPanels.ScaleBytes));
            packedEnd += (Numbers / 2) + IntegerPanels.ScaleBytes;
        }

        new Span<float>(expected, rows * Panels.Columns).Fill(3);
        new Span<float>(actual, rows * Panels.Columns).Fill(3);
        var tile = new IntegerTile { A = a, B = b, RowScales = scales, Sums = expected, Stride = Panels.Columns * sizeof(float), Groups = Groups, Units = Units, Rows = rows };
        IntegerRows.Run<Lanes1>(tile);
        tile.B = fourBit ? packed : b;
        tile.Sums = actual;
        tile.IsFourBit = fourBit;
        product(tile);
        return new ReadOnlySpan<int>(expected, rows * Panels.Columns).SequenceEqual(new ReadOnlySpan<int>(actual, rows * Panels.Columns));
    }
}
