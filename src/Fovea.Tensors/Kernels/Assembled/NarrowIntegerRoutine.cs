using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>
/// Assembles the product of an <see cref="IntegerTile"/> with the <c>vpdpbusd</c> of 256 bits that processors without AVX-512 have. 16 registers hold the sums
/// of up to 6 rows with half of the columns or of up to 2 rows with all of them, so the tile is walked in such parts.
/// </summary>
internal static class NarrowIntegerRoutine
{
    private const int Lanes = 32;
    private const int MostRows = 6;
    private const int RowsOfAllColumns = 2;
    private const int StepsAtOnce = 2;
    private const int StepsOfUnit = IntegerPanels.Unit / 4;
    private const int VectorsOfColumns = Panels.Columns * sizeof(int) / Lanes;

    // Weights are asked for so far ahead.
    private const int PrefetchBytes = 2048;

    // 12 sums at most, 2 vectors of weights, the activations, and the mask of lower halves.
    private static readonly AssemblerRegisterYMM[] Registers =
        [ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7, ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15];

    private static readonly AssemblerRegisterYMM Left = ymm12, Right = ymm13, Inputs = ymm14, Mask = ymm15;

    /// <summary>Appends the routine for so many rows of A and 32 columns.</summary>
    public static void Assemble(Assembler code, int rows, bool fourBit, bool windows)
    {
        Routine.Begin(code, windows);
        if (fourBit)
        {
            code.mov(eax, 0x0F0F0F0F);
            code.vmovd(xmm15, eax);
            code.vpbroadcastd(Mask, xmm15);
        }

        int vectors = rows <= RowsOfAllColumns ? VectorsOfColumns : VectorsOfColumns / 2;
        int most = rows <= RowsOfAllColumns ? rows : MostRows;
        for (int first = 0; first < rows; first += most)
        {
            for (int vector = 0; vector < VectorsOfColumns; vector += vectors)
            {
                new Part(rows, first, Math.Min(most, rows - first), vector, vectors, fourBit).Assemble(code);
            }
        }

        Routine.End(code, windows);
    }

    /// <summary>Rows from <paramref name="First"/> on and vectors of columns from <paramref name="Vector"/> on, over all groups.</summary>
    private readonly record struct Part(int Rows, int First, int Count, int Vector, int Vectors, bool FourBit)
    {
        private int StepBytes => FourBit ? Panels.Columns * 2 : Panels.Columns * 4;

        public void Assemble(Assembler code)
        {
            code.mov(rax, Routine.Argument<IntegerTile>(nameof(IntegerTile.A)));
            code.mov(rdx, Routine.Argument<IntegerTile>(nameof(IntegerTile.B)));
            code.mov(r8, Routine.Argument<IntegerTile>(nameof(IntegerTile.RowScales)));
            code.mov(r9, Routine.Argument<IntegerTile>(nameof(IntegerTile.Groups)));
            var group = code.CreateLabel();
            code.Label(ref group);
            Clear(code);
            code.mov(r10, Routine.Argument<IntegerTile>(nameof(IntegerTile.Units)));
            code.shl(r10, (byte)int.Log2(StepsOfUnit / StepsAtOnce));
            var steps = code.CreateLabel();
            code.Label(ref steps);
            Steps(code);
            code.dec(r10);
            code.jne(steps);
            AddGroup(code);
            code.dec(r9);
            code.jne(group);
        }

        private AssemblerRegisterYMM Sum(int row, int vector) => Registers[(row * Vectors) + vector];

        // Sums begin with what takes the offset of the weights away again.
        private void Clear(Assembler code)
        {
            for (int row = 0; row < Count; row++)
            {
                for (int vector = 0; vector < Vectors; vector++)
                {
                    code.vpbroadcastd(Sum(row, vector), __dword_ptr[r8 + (4 * (Rows + First + row))]);
                }
            }
        }

        private void Steps(Assembler code)
        {
            for (int step = 0; step < StepsAtOnce; step++)
            {
                code.prefetcht0(__byte_ptr[rdx + ((step * StepBytes) + PrefetchBytes)]);
                for (int pair = 0; pair < Vectors; pair += 2)
                {
                    Weights(code, Left, step * StepBytes, Vector + pair);
                    Weights(code, Right, step * StepBytes, Vector + pair + 1);
                    for (int row = 0; row < Count; row++)
                    {
                        code.vpbroadcastd(Inputs, __dword_ptr[rax + (4 * ((step * Rows) + First + row))]);
                        code.vpdpbusd(Sum(row, pair), Left, Inputs);
                        code.vpdpbusd(Sum(row, pair + 1), Right, Inputs);
                    }
                }
            }

            code.add(rax, 4 * Rows * StepsAtOnce);
            code.add(rdx, StepBytes * StepsAtOnce);
        }

        // Of 4 bits the lower halves are the first half of the columns, the higher ones the second.
        private void Weights(Assembler code, AssemblerRegisterYMM weights, int offset, int vector)
        {
            if (!FourBit)
            {
                code.vmovdqu(weights, __[rdx + (offset + (vector * Lanes))]);
                return;
            }

            code.vmovdqu(weights, __[rdx + (offset + (vector % 2 * Lanes))]);
            if (vector >= VectorsOfColumns / 2)
            {
                code.vpsrlw(weights, weights, 4);
            }

            code.vpand(weights, weights, Mask);
        }

        // sums ← fma(products · scale of the column, scale of the row, sums); the scales of the columns stand behind the numbers of the group.
        private void AddGroup(Assembler code)
        {
            code.mov(r11, Routine.Argument<IntegerTile>(nameof(IntegerTile.Sums)));
            code.mov(r10, Routine.Argument<IntegerTile>(nameof(IntegerTile.Stride)));
            for (int row = 0; row < First; row++)
            {
                code.add(r11, r10);
            }

            for (int row = 0; row < Count; row++)
            {
                code.vbroadcastss(Inputs, __dword_ptr[r8 + (4 * (First + row))]);
                for (int vector = 0; vector < Vectors; vector++)
                {
                    var sum = Sum(row, vector);
                    int at = (Vector + vector) * Lanes;
                    code.vcvtdq2ps(sum, sum);
                    code.vmulps(sum, sum, __[rdx + at]);
                    code.vfmadd213ps(sum, Inputs, __[r11 + at]);
                    code.vmovups(__[r11 + at], sum);
                }

                code.add(r11, r10);
            }

            code.add(rdx, IntegerPanels.ScaleBytes);
            code.add(r8, 8 * Rows);
        }
    }
}
