namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>The kernels of 512 bits, with integer products assembled for AVX512-VNNI, whose instructions .NET does not offer.</summary>
internal sealed class VnniKernels() : LaneKernels<Lanes16>("avx512vnni", Processor.HasAvx512Vnni)
{
    private readonly Lazy<IntegerRoutines?> _routines = new(() => Processor.HasAvx512Vnni ? IntegerRoutines.Create() : null);

    /// <inheritdoc/>
    public override bool? IsAssembled => Processor.HasAvx512Vnni ? _routines.Value is not null : null;

    internal override bool ReadsFourBits => _routines.Value is not null;

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
