using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>Assembles the product of an <see cref="IntegerTile"/> with <c>vpdpbusd</c>, which adds four products of an unsigned with a signed byte to each 32-bit lane.</summary>
internal static class IntegerRoutine
{
    private const int Lanes = 64;
    private const int StepsAtOnce = 4;
    private const int StepsOfUnit = IntegerPanels.Unit / 4;

    // Weights are asked for so far ahead.
    private const int PrefetchBytes = 2048;

    // 24 sums, 2 vectors of weights, 4 of activations that take turns, and the mask of lower halves.
    private static readonly AssemblerRegisterZMM Left = zmm24, Right = zmm25, Mask = zmm31;

    /// <summary>Appends the routine for so many rows of A and 32 columns.</summary>
    public static void Assemble(Assembler code, int rows, bool fourBit, bool windows)
    {
        Routine.Begin(code, windows);
        if (fourBit)
        {
            code.mov(eax, 0x0F0F0F0F);
            code.vpbroadcastd(Mask, eax);
        }

        code.mov(rax, Routine.Argument<IntegerTile>(nameof(IntegerTile.A)));
        code.mov(rdx, Routine.Argument<IntegerTile>(nameof(IntegerTile.B)));
        code.mov(r8, Routine.Argument<IntegerTile>(nameof(IntegerTile.RowScales)));
        code.mov(r9, Routine.Argument<IntegerTile>(nameof(IntegerTile.Groups)));
        var group = code.CreateLabel();
        code.Label(ref group);
        Clear(code, rows);
        code.mov(r10, Routine.Argument<IntegerTile>(nameof(IntegerTile.Units)));
        code.shl(r10, (byte)int.Log2(StepsOfUnit / StepsAtOnce));
        var steps = code.CreateLabel();
        code.Label(ref steps);
        Steps(code, rows, fourBit);
        code.dec(r10);
        code.jne(steps);
        AddGroup(code, rows);
        code.dec(r9);
        code.jne(group);
        Routine.End(code, windows);
    }

    // Sums of few rows are spread over several registers, since one register takes a product only every five cycles; integers may be added in any order.
    private static int Spread(int rows) => rows switch { <= 2 => 4, <= 4 => 2, _ => 1 };

    private static AssemblerRegisterZMM Sum(int rows, int part, int row, int half) => Routine.Vectors[(part * 2 * rows) + (2 * row) + half];

    // Sums begin with what takes the offset of the weights away again.
    private static void Clear(Assembler code, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            code.vpbroadcastd(Sum(rows, 0, row, 0), __dword_ptr[r8 + (4 * (rows + row))]);
            code.vmovdqa64(Sum(rows, 0, row, 1), Sum(rows, 0, row, 0));
            for (int part = 1; part < Spread(rows); part++)
            {
                code.vpxord(Sum(rows, part, row, 0), Sum(rows, part, row, 0), Sum(rows, part, row, 0));
                code.vpxord(Sum(rows, part, row, 1), Sum(rows, part, row, 1), Sum(rows, part, row, 1));
            }
        }
    }

    private static void Steps(Assembler code, int rows, bool fourBit)
    {
        int stepBytes = fourBit ? Lanes : 2 * Lanes;
        for (int step = 0; step < StepsAtOnce; step++)
        {
            Weights(code, step * stepBytes, fourBit);
            for (int line = 0; line < stepBytes; line += Lanes)
            {
                code.prefetcht0(__byte_ptr[rdx + ((step * stepBytes) + line + PrefetchBytes)]);
            }

            for (int row = 0; row < rows; row++)
            {
                var inputs = Routine.Vectors[26 + (row % 4)];
                code.vpbroadcastd(inputs, __dword_ptr[rax + (4 * ((step * rows) + row))]);
                code.vpdpbusd(Sum(rows, step % Spread(rows), row, 0), Left, inputs);
                code.vpdpbusd(Sum(rows, step % Spread(rows), row, 1), Right, inputs);
            }
        }

        code.add(rax, 4 * rows * StepsAtOnce);
        code.add(rdx, stepBytes * StepsAtOnce);
    }

    private static void Weights(Assembler code, int offset, bool fourBit)
    {
        code.vmovdqu64(Left, __[rdx + offset]);
        if (fourBit)
        {
            code.vpsrlw(Right, Left, 4);
            code.vpandd(Left, Left, Mask);
            code.vpandd(Right, Right, Mask);
        }
        else
        {
            code.vmovdqu64(Right, __[rdx + (offset + Lanes)]);
        }
    }

    // sums ← fma(products · scale of the column, scale of the row, sums); the scales of the columns stand behind the numbers of the group.
    private static void AddGroup(Assembler code, int rows)
    {
        code.mov(r11, Routine.Argument<IntegerTile>(nameof(IntegerTile.Sums)));
        code.mov(r10, Routine.Argument<IntegerTile>(nameof(IntegerTile.Stride)));
        code.vmovups(Left, __[rdx]);
        code.vmovups(Right, __[rdx + Lanes]);
        for (int row = 0; row < rows; row++)
        {
            var scale = Routine.Vectors[26 + (row % 4)];
            code.vbroadcastss(scale, __dword_ptr[r8 + (4 * row)]);
            for (int half = 0; half < 2; half++)
            {
                var sum = Sum(rows, 0, row, half);
                for (int part = 1; part < Spread(rows); part++)
                {
                    code.vpaddd(sum, sum, Sum(rows, part, row, half));
                }

                code.vcvtdq2ps(sum, sum);
                code.vmulps(sum, sum, half == 0 ? Left : Right);
                code.vfmadd213ps(sum, scale, __[r11 + (half * Lanes)]);
                code.vmovups(__[r11 + (half * Lanes)], sum);
            }

            code.add(r11, r10);
        }

        code.add(rdx, IntegerPanels.ScaleBytes);
        code.add(r8, 8 * rows);
    }
}
