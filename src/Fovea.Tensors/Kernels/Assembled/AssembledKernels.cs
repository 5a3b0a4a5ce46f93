namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>
/// Kernels with products that are assembled: of integers and of bf16, whose instructions .NET does not offer, and of f32, which asks for memory more evenly.
/// </summary>
internal sealed class AssembledKernels<V> : LaneKernels<V>
    where V : unmanaged, ILanes<V>
{
    private readonly Lazy<IntegerRoutines?> _integers;
    private readonly Lazy<FloatRoutines> _floats;
    private readonly int _formats;
    private int _isPrepared;

    /// <summary>Nothing is assembled before it is asked for or prepared.</summary>
    /// <param name="name">The name by which the set is selected.</param>
    /// <param name="isPresent">Whether this processor has the instructions; without them the set is that of its vectors.</param>
    /// <param name="integers">Assembles the integer products.</param>
    /// <param name="formats">For how many formats of <see cref="TileFormat"/> there are assembled products, in their order.</param>
    public AssembledKernels(string name, bool isPresent, IntegerRoutines.Assembly integers, int formats)
        : base(name, isPresent)
    {
        _formats = formats;
        _integers = new(() => isPresent ? IntegerRoutines.Create(integers) : null);
        _floats = new(() => isPresent && formats > 0 ? FloatAssembly.Create(formats) : default);
    }

    /// <inheritdoc/>
    public override bool? IsAssembled => IsAccelerated ? _integers.Value is not null && (_formats == 0 || _floats.Value.Exist(TileFormat.Floats)) : null;

    /// <inheritdoc/>
    public override bool RoundsInputs => _formats > (int)TileFormat.PairDots;

    internal override bool ReadsFourBits => _integers.Value is not null;

    internal override bool WidensHalves => _floats.Value.Exist(TileFormat.WidenedHalves);

    private protected override FloatRoutines Routines => _floats.Value;

    internal override void Prepare()
    {
        if (Interlocked.Exchange(ref _isPrepared, 1) == 0)
        {
            // Compiling the assembler takes longer than assembling; a checkpoint is opened meanwhile.
            Task.Run(() => (_floats.Value, _integers.Value));
        }
    }

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
