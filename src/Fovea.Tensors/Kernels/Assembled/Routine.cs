using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>What every assembled routine begins and ends with. A routine takes one pointer, which it finds in rcx, and may change rax, rdx, r8 to r11 and all vectors.</summary>
internal static class Routine
{
    private const int KeptVectors = 10;
    private const int VectorBytes = 16;

    /// <summary>All 512-bit registers by number.</summary>
    public static readonly AssemblerRegisterZMM[] Vectors =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    private static readonly AssemblerRegisterXMM[] Kept = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];

    /// <summary>The calling convention of this system: of Windows, or else of System V.</summary>
    public static bool IsWindows => OperatingSystem.IsWindows();

    /// <summary>A field of what rcx points to.</summary>
    public static AssemblerMemoryOperand Argument<T>(string field) => __qword_ptr[rcx + (int)Marshal.OffsetOf<T>(field)];

    /// <summary>Puts the argument in rcx; Windows wants xmm6 to xmm15 back as they were.</summary>
    public static void Begin(Assembler code, bool windows)
    {
        if (!windows)
        {
            code.mov(rcx, rdi);
            return;
        }

        code.sub(rsp, (KeptVectors * VectorBytes) + 8);
        for (int i = 0; i < KeptVectors; i++)
        {
            code.vmovups(__[rsp + (i * VectorBytes)], Kept[i]);
        }
    }

    /// <summary>Returns, without the penalty that dirty upper halves of vectors mean for older code.</summary>
    public static void End(Assembler code, bool windows)
    {
        code.vzeroupper();
        if (windows)
        {
            for (int i = 0; i < KeptVectors; i++)
            {
                code.vmovups(Kept[i], __[rsp + (i * VectorBytes)]);
            }

            code.add(rsp, (KeptVectors * VectorBytes) + 8);
        }

        code.ret();
    }
}
