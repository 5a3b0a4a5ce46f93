using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Fovea.Tensors.Kernels;

/// <summary>What this processor is and what of it may be used.</summary>
public static class Processor
{
    private const int FeatureLeaf = 7;
    private const int FirstNameLeaf = unchecked((int)0x80000002);
    private const int LastNameLeaf = unchecked((int)0x80000004);
    private const string BFloat16Feature = "avx512bf16";
    private const string AvxVnniFeature = "avxvnni";

    /// <summary>
    /// The environment variable that names instructions to use though the processor does not announce them, <c>avx512bf16</c> or <c>avxvnni</c> with a comma
    /// between: under a hypervisor it may hide what it has. Where it has not, the first such instruction ends the process.
    /// </summary>
    public const string AssumedVariable = "FOVEA_ASSUME";

    /// <summary>Its name, or its architecture where it does not tell.</summary>
    public static string Name { get; } = BrandName() ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The vector extensions that the runtime uses, and those of the processor that only assembled code can use.</summary>
    public static IReadOnlyList<string> Features { get; } = [.. AllFeatures().Where(feature => feature.IsPresent).Select(feature => feature.Name)];

    /// <summary>Whether 512-bit dot products of bytes may be used: that the runtime uses AVX-512 implies that the system keeps its registers.</summary>
    internal static bool HasAvx512Vnni => Avx512BW.IsSupported && Avx512F.VL.IsSupported && Leaf(FeatureLeaf, 0).Has(leaf => leaf.Ecx, 11);

    /// <summary>Whether 512-bit dot products of pairs of bf16 may be used.</summary>
    internal static bool HasAvx512BFloat16 => HasAvx512Vnni && (Leaf(FeatureLeaf, 1).Has(leaf => leaf.Eax, 5) || IsAssumed(BFloat16Feature));

    /// <summary>Whether 256-bit dot products of bytes may be used.</summary>
    internal static bool HasAvxVnni => Avx2.IsSupported && Fma.IsSupported && (Leaf(FeatureLeaf, 1).Has(leaf => leaf.Eax, 4) || IsAssumed(AvxVnniFeature));

    /// <summary>Refuses other names in <see cref="AssumedVariable"/> than it knows.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal static void CheckAssumed()
    {
        if (Array.Find(Assumed(), name => name is not (BFloat16Feature or AvxVnniFeature)) is { } unknown)
        {
            throw new ArgumentException($"{AssumedVariable}: there is no {unknown} to assume; there are {BFloat16Feature}, {AvxVnniFeature}.");
        }
    }

    private static IEnumerable<(string Name, bool IsPresent)> AllFeatures() =>
    [
        ("sse4.2", Sse42.IsSupported),
        ("avx", Avx.IsSupported),
        ("avx2", Avx2.IsSupported),
        ("fma", Fma.IsSupported),
        ("avx512f", Avx512F.IsSupported),
        ("avx512bw", Avx512BW.IsSupported),
        ("avx512vbmi", Avx512Vbmi.IsSupported),
        ("avx512vnni", HasAvx512Vnni),
        (BFloat16Feature, HasAvx512BFloat16),
        (AvxVnniFeature, HasAvxVnni),
        ("amx", Leaf(FeatureLeaf, 0).Has(leaf => leaf.Edx, 24)),
        ("neon", AdvSimd.IsSupported),
        ("neon-dot", Dp.IsSupported),
    ];

    private static Registers Leaf(int leaf, int part)
    {
        if (!X86Base.IsSupported || X86Base.CpuId(leaf & unchecked((int)0x80000000), 0).Eax < leaf)
        {
            return default;
        }

        var (eax, ebx, ecx, edx) = X86Base.CpuId(leaf, part);
        return new Registers(eax, ebx, ecx, edx);
    }

    private static bool IsAssumed(string feature) => Assumed().Contains(feature);

    private static string[] Assumed() =>
        (Environment.GetEnvironmentVariable(AssumedVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? BrandName()
    {
        Span<byte> text = stackalloc byte[(LastNameLeaf - FirstNameLeaf + 1) * 16];
        for (int leaf = FirstNameLeaf; leaf <= LastNameLeaf; leaf++)
        {
            var registers = Leaf(leaf, 0);
            MemoryMarshal.Write(text[((leaf - FirstNameLeaf) * 16)..], registers);
        }

        string name = Encoding.ASCII.GetString(text).Trim('\0', ' ');
        return name.Length > 0 ? name : null;
    }

    private readonly record struct Registers(int Eax, int Ebx, int Ecx, int Edx)
    {
        public bool Has(Func<Registers, int> register, int bit) => (register(this) & (1 << bit)) != 0;
    }
}
