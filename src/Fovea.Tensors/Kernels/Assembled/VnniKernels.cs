namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>
/// The kernels of 512 bits with assembled products: of integers for AVX512-VNNI, whose instructions .NET does not offer, and of f32, which asks for memory
/// more evenly.
/// </summary>
internal sealed class VnniKernels() : LaneKernels<Lanes16>("avx512vnni", Processor.HasAvx512Vnni)
{
    private readonly Lazy<IntegerRoutines?> _integers = new(() => Processor.HasAvx512Vnni ? IntegerRoutines.Create() : null);
    private readonly Lazy<FloatRoutines> _floats = new(() => Processor.HasAvx512Vnni ? FloatAssembly.Create() : default);

    /// <inheritdoc/>
    public override bool? IsAssembled => Processor.HasAvx512Vnni ? _integers.Value is not null && _floats.Value.Exist : null;

    internal override bool ReadsFourBits => _integers.Value is not null;

    private protected override FloatRoutines Routines => _floats.Value;

    internal override void MultiplyIntegerTile(in IntegerTile tile)
    {
        if (_integers.Value is { } routines)
        {
            routines.Run(tile);
        }
        else
        {
            base.MultiplyIntegerTile(tile);
        }
    }
}
