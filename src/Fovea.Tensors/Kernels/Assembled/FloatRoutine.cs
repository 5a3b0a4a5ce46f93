using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>
/// Assembles the product of a <see cref="FloatTile"/> for AVX-512. The runtime compiles the same loop as well, but asks for the memory of later tiles in
/// bursts, and for a tenth of the time everything waits behind them; here a line is asked for every few steps.
/// </summary>
internal static class FloatRoutine
{
    private const int Line = 64;

    // Without being asked the processor fetches B too late even from the second-level cache.
    private const int StepsAhead = 16;
    private const int StepsAheadOfA = 48;

    // Pairs come from memory, not from a cache.
    private const int BytesAheadOfPairs = 4096;

    // 24 sums, 2 vectors of B and as many of the step behind it, 2 numbers of A that take turns, and the mask of upper halves.
    private static readonly AssemblerRegisterZMM Left = zmm24, Right = zmm25, LaterLeft = zmm26, LaterRight = zmm27, Upper = zmm31;

    /// <summary>Appends the routine for so many rows.</summary>
    public static void Assemble(Assembler code, int rows, TileFormat format, bool windows)
    {
        Routine.Begin(code, windows);
        if (format == TileFormat.WidenedPairs)
        {
            code.mov(eax, unchecked((int)0xFFFF0000));
            code.vpbroadcastd(Upper, eax);
        }

        code.mov(rax, Routine.Argument<FloatTile>(nameof(FloatTile.A)));
        code.mov(rdx, Routine.Argument<FloatTile>(nameof(FloatTile.B)));
        code.mov(r8, Routine.Argument<FloatTile>(nameof(FloatTile.StrideOfB)));
        code.mov(r9, Routine.Argument<FloatTile>(nameof(FloatTile.Steps)));
        code.mov(r10, Routine.Argument<FloatTile>(nameof(FloatTile.Ahead)));
        for (int sum = 0; sum < 2 * rows; sum++)
        {
            code.vpxord(Routine.Vectors[sum], Routine.Vectors[sum], Routine.Vectors[sum]);
        }

        Steps(code, rows, format);
        Store(code, rows);
        Routine.End(code, windows);
    }

    private static bool ReadsTwoSteps(TileFormat format) => format is TileFormat.WidenedPairs or TileFormat.WidenedHalves;

    private static int StepBytes(TileFormat format) => format == TileFormat.RowsOfA ? sizeof(float) : Panels.Rows * sizeof(float);

    private static int RowBytes(TileFormat format) => format == TileFormat.RowsOfA ? AttentionScratch.ScoreStride * sizeof(float) : sizeof(float);

    // While there are rows of C left to ask for, one is asked for every few steps: it is written at the end. The address behind the last one lies on the stack.
    private static void Steps(Assembler code, int rows, TileFormat format)
    {
        Label asking = code.CreateLabel(), several = code.CreateLabel(), rest = code.CreateLabel(), single = code.CreateLabel(), end = code.CreateLabel();
        code.imul(r11, Routine.Argument<FloatTile>(nameof(FloatTile.StrideOfC)), rows);
        code.add(r11, Routine.Argument<FloatTile>(nameof(FloatTile.C)));
        code.push(r11);
        code.mov(r11, Routine.Argument<FloatTile>(nameof(FloatTile.C)));
        code.sub(r9, FloatRoutines.StepsAtOnce);
        code.jl(rest);
        code.Label(ref asking);
        code.prefetcht0(__byte_ptr[r11]);
        code.prefetcht0(__byte_ptr[r11 + Line]);
        code.add(r11, Routine.Argument<FloatTile>(nameof(FloatTile.StrideOfC)));
        Several(code, rows, format);
        code.jl(rest);
        code.cmp(r11, __qword_ptr[rsp]);
        code.jne(asking);
        code.Label(ref several);
        Several(code, rows, format);
        code.jge(several);
        code.Label(ref rest);
        code.add(r9, FloatRoutines.StepsAtOnce);
        code.je(end);
        code.Label(ref single);
        Load(code, 0, format);
        Multiply(code, rows, format, Left, Right, 0);
        if (ReadsTwoSteps(format))
        {
            // The second half of the last row of pairs may be padding.
            code.add(rax, StepBytes(format));
            code.dec(r9);
            code.je(end);
            Multiply(code, rows, format, LaterLeft, LaterRight, 0);
        }

        code.add(rax, StepBytes(format));
        code.dec(r9);
        code.jne(single);
        code.Label(ref end);
        code.pop(r11);
    }

    private static void Several(Assembler code, int rows, TileFormat format)
    {
        code.prefetcht1(__byte_ptr[r10]);
        code.add(r10, Routine.Argument<FloatTile>(nameof(FloatTile.StrideAhead)));
        for (int step = 0; step < FloatRoutines.StepsAtOnce; step += ReadsTwoSteps(format) ? 2 : 1)
        {
            Load(code, step, format);
            Multiply(code, rows, format, Left, Right, step);
            if (ReadsTwoSteps(format))
            {
                Multiply(code, rows, format, LaterLeft, LaterRight, step + 1);
            }
        }

        code.add(rax, FloatRoutines.StepsAtOnce * StepBytes(format));
        code.sub(r9, FloatRoutines.StepsAtOnce);
    }

    // A row of B; of pairs that are widened the first number is the lower half.
    private static void Load(Assembler code, int step, TileFormat format)
    {
        int ahead = format is TileFormat.Floats or TileFormat.RowsOfA ? StepsAhead * 2 * Line : BytesAheadOfPairs;
        code.prefetcht0(__byte_ptr[rdx + ahead]);
        code.prefetcht0(__byte_ptr[rdx + (ahead + Line)]);
        if (format != TileFormat.RowsOfA)
        {
            code.prefetcht0(__byte_ptr[rax + ((step + StepsAheadOfA) * StepBytes(format))]);
        }

        if (ReadsTwoSteps(format))
        {
            code.vmovdqu32(LaterLeft, __[rdx]);
            code.vmovdqu32(LaterRight, __[rdx + Line]);
            Widen(code, format);
        }
        else
        {
            code.vmovups(Left, __[rdx]);
            code.vmovups(Right, __[rdx + Line]);
        }

        code.add(rdx, r8);
    }

    private static void Widen(Assembler code, TileFormat format)
    {
        if (format == TileFormat.WidenedPairs)
        {
            code.vpslld(Left, LaterLeft, 16);
            code.vpslld(Right, LaterRight, 16);
            code.vpandd(LaterLeft, LaterLeft, Upper);
            code.vpandd(LaterRight, LaterRight, Upper);
            return;
        }

        code.vpmovdw(ymm24, LaterLeft);
        code.vpmovdw(ymm25, LaterRight);
        code.vpsrld(LaterLeft, LaterLeft, 16);
        code.vpsrld(LaterRight, LaterRight, 16);
        code.vpmovdw(ymm26, LaterLeft);
        code.vpmovdw(ymm27, LaterRight);
        code.vcvtph2ps(Left, ymm24);
        code.vcvtph2ps(Right, ymm25);
        code.vcvtph2ps(LaterLeft, ymm26);
        code.vcvtph2ps(LaterRight, ymm27);
    }

    private static void Multiply(Assembler code, int rows, TileFormat format, AssemblerRegisterZMM left, AssemblerRegisterZMM right, int step)
    {
        for (int row = 0; row < rows; row++)
        {
            var number = row % 2 == 0 ? zmm29 : zmm30;
            code.vbroadcastss(number, __dword_ptr[rax + ((step * StepBytes(format)) + (row * RowBytes(format)))]);
            if (format == TileFormat.PairDots)
            {
                code.vdpbf16ps(Routine.Vectors[2 * row], left, number);
                code.vdpbf16ps(Routine.Vectors[(2 * row) + 1], right, number);
            }
            else
            {
                code.vfmadd231ps(Routine.Vectors[2 * row], left, number);
                code.vfmadd231ps(Routine.Vectors[(2 * row) + 1], right, number);
            }
        }
    }

    private static void Store(Assembler code, int rows)
    {
        var store = code.CreateLabel();
        code.mov(r10, Routine.Argument<FloatTile>(nameof(FloatTile.StrideOfC)));
        code.mov(r11, Routine.Argument<FloatTile>(nameof(FloatTile.C)));
        code.cmp(Routine.Argument<FloatTile>(nameof(FloatTile.Adds)), 0);
        code.je(store);
        for (int row = 0; row < rows; row++)
        {
            code.vaddps(Routine.Vectors[2 * row], Routine.Vectors[2 * row], __[r11]);
            code.vaddps(Routine.Vectors[(2 * row) + 1], Routine.Vectors[(2 * row) + 1], __[r11 + Line]);
            code.add(r11, r10);
        }

        code.mov(r11, Routine.Argument<FloatTile>(nameof(FloatTile.C)));
        code.Label(ref store);
        for (int row = 0; row < rows; row++)
        {
            code.vmovups(__[r11], Routine.Vectors[2 * row]);
            code.vmovups(__[r11 + Line], Routine.Vectors[(2 * row) + 1]);
            code.add(r11, r10);
        }
    }
}
