using System.Runtime.Intrinsics;
using Fovea.Tensors.Kernels.Assembled;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// The kernels in one width of vector. All sets give the same bits on one processor as long as it fuses multiplication and addition for all or none of them,
/// except that avx512bf16 rounds what it multiplies with bf16 weights; a set that is not accelerated runs correctly but slowly.
/// </summary>
public abstract unsafe class KernelSet
{
    /// <summary>The environment variable that names the set to use.</summary>
    public const string Variable = "FOVEA_KERNELS";

    private static KernelSet? _default;

    private protected KernelSet(string name, bool isAccelerated)
    {
        Name = name;
        IsAccelerated = isAccelerated;
    }

    /// <summary>All sets, those of more instructions first: avx512bf16, avx512vnni, avx512, avxvnni, avx2, vector128, scalar.</summary>
    public static IReadOnlyList<KernelSet> All { get; } =
    [
        new AssembledKernels<Lanes16>("avx512bf16", Processor.HasAvx512BFloat16, IntegerRoutine.Assemble, formats: 5),
        new AssembledKernels<Lanes16>("avx512vnni", Processor.HasAvx512Vnni, IntegerRoutine.Assemble, formats: 4),
        new LaneKernels<Lanes16>("avx512", Vector512.IsHardwareAccelerated),
        new AssembledKernels<Lanes8>("avxvnni", Processor.HasAvxVnni, NarrowIntegerRoutine.Assemble, formats: 0),
        new LaneKernels<Lanes8>("avx2", Vector256.IsHardwareAccelerated),
        new LaneKernels<Lanes4>("vector128", Vector128.IsHardwareAccelerated),
        new LaneKernels<Lanes1>("scalar", true),
    ];

    /// <summary>The set that <see cref="Variable"/> names, or else the first accelerated one that does not round inputs; chosen at the first use.</summary>
    /// <exception cref="ArgumentException">The variable, or <see cref="Processor.AssumedVariable"/>, holds an unknown name.</exception>
    public static KernelSet Default => _default ??= Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>The name by which the set is selected.</summary>
    public string Name { get; }

    /// <summary>Whether this processor has vectors of this width.</summary>
    public bool IsAccelerated { get; }

    /// <summary>
    /// Whether the part of the set that is assembled at run time could be: false where the system allows no new code, so that other code stands in
    /// with the same results; null where there is nothing to assemble.
    /// </summary>
    public virtual bool? IsAssembled => null;

    /// <summary>Whether inputs of bf16 weights are rounded to bf16 as well, to nearest, ties to even, and multiplied in pairs. Such a set is used only where it is named.</summary>
    public virtual bool RoundsInputs => false;

    /// <summary>The set of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static KernelSet ByName(string name) => Find(name) ?? throw new ArgumentException(Unknown(name), nameof(name));

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether <see cref="MultiplyIntegerTile"/> takes 4-bit numbers as they are packed.</summary>
    internal virtual bool ReadsFourBits => false;

    /// <summary>Whether tiles widen f16 weights in registers, which even for one row is faster than the kernels for few rows.</summary>
    internal virtual bool WidensHalves => false;

    /// <summary>Begins, beside the caller, with what the first products will wait for.</summary>
    internal virtual void Prepare()
    {
    }

    internal abstract void MultiplyTiles(in ProductOperands operands, int start, int end, int worker);

    internal abstract void MultiplyRows(in ProductOperands operands, int start, int end);

    internal abstract void MultiplyIntegers(in IntegerOperands operands, int start, int end, int worker);

    internal abstract void MultiplyIntegerTile(in IntegerTile tile);

    internal abstract void RoundRows(float* source, int rows, in IntegerPanels layout, sbyte* codes, float* scales);

    internal abstract void Attend(in AttentionSequence sequence, int head, int first, int rows, ref AttentionScratch scratch);

    internal abstract void AttendRows(in AttentionSequence sequence, int head, int* queries, int count, float* destination, ref AttentionScratch scratch);

    internal abstract void AttendReceived(in AttentionSequence sequence, int head, int tile, float* destination, ref AttentionScratch scratch);

    internal abstract void Softmax(float* row, int count);

    internal abstract void Activate(Activation activation, float* x, int count);

    internal abstract void Add(float* x, float* y, int count);

    internal abstract void RmsNorm(float* x, float* weight, float* y, int width, float epsilon);

    internal abstract void LayerNorm(float* x, float* weight, float* bias, float* y, int width, float epsilon);

    internal abstract void Rotate(float* x, float* cos, float* sin, int half, int heads);

    internal abstract void Combine(float* source, int width, int* columns, float* weights, int entries, float* destination);

    private static KernelSet Choose(string? name)
    {
        Processor.CheckAssumed();
        return string.IsNullOrEmpty(name)
            ? All.First(set => set.IsAccelerated && !set.RoundsInputs)
            : Find(name) ?? throw new ArgumentException($"{Variable}: {Unknown(name)}");
    }

    private static KernelSet? Find(string name) => All.FirstOrDefault(set => set.Name == name);

    private static string Unknown(string name) => $"There are no kernels called {name}; there are {string.Join(", ", All.Select(set => set.Name))}.";
}
