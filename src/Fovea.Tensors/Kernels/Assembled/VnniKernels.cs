using System.Runtime.Intrinsics.X86;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>The kernels of 512 bits, with integer products assembled for AVX512-VNNI, whose instructions .NET does not offer.</summary>
internal sealed class VnniKernels() : LaneKernels<Lanes16>("avx512vnni", IsSupported)
{
    private readonly Lazy<IntegerRoutines?> _routines = new(() => IsSupported ? IntegerRoutines.Create() : null);

    /// <summary>Whether code could be assembled; if not, the products are those of avx512.</summary>
    public override bool IsAssembled => _routines.Value is not null;

    internal override bool ReadsFourBits => IsAssembled;

    // That .NET has AVX512 implies that the system keeps its registers.
    private static bool IsSupported => Avx512BW.IsSupported && Avx512F.VL.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;

    internal override void MultiplyIntegerTile(in IntegerTile tile)
    {
        if (_routines.Value is { } routines)
        {
            routines.Run(tile);
        }
        else
        {
            base.MultiplyIntegerTile(tile);
        }
    }
}
