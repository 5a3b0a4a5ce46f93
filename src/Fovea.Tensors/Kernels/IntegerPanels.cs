namespace Fovea.Tensors.Kernels;

/// <summary>
/// The packed layout of integer weights: panels of 32 columns; of a panel one group of inputs after the other; of a group first the numbers, then 32 scales (f32).
/// </summary>
/// <remarks>
/// 8 bits: [group/4][32][4], unsigned, 128 more than they mean. 4 bits: [group/4][16][4], 8 more than they mean, columns 0 to 15 in the lower halves of the bytes,
/// 16 to 31 in the upper ones. The inputs of the last group are padded to a multiple of 32; what stands there is multiplied with zero.
/// </remarks>
internal readonly record struct IntegerPanels(int Inputs, int Group, bool IsFourBit)
{
    /// <summary>Inputs are padded to a multiple of this.</summary>
    public const int Unit = 32;

    /// <summary>Bytes of the scales of a group.</summary>
    public const int ScaleBytes = Panels.Columns * sizeof(float);

    /// <summary>Groups along the inputs.</summary>
    public int Groups => Panels.Count(Inputs, Group);

    /// <summary>The inputs with their padding.</summary>
    public int PaddedInputs => Panels.Count(Inputs, Unit) * Unit;

    /// <summary>What is added to a weight so that it is not negative.</summary>
    public int Offset => IsFourBit ? 8 : 128;

    /// <summary>Bytes of the groups before one, or of a panel.</summary>
    public long BytesBefore(int group) => BytesBefore(group, IsFourBit ? 4 : 8);

    /// <summary>Bytes of a panel.</summary>
    public long PanelBytes => BytesBefore(Groups);

    /// <summary>Bytes of a panel whose numbers have been unpacked to 8 bits.</summary>
    public long ScratchBytes => BytesBefore(Groups, 8);

    /// <summary>Padded inputs of a group: of all but the last one <see cref="Group"/>.</summary>
    public int GroupInputs(int group) => Math.Min(Group, PaddedInputs - (group * Group));

    private long BytesBefore(int group, int bits) => (Math.Min((long)group * Group, PaddedInputs) * Panels.Columns * bits / 8) + ((long)group * ScaleBytes);
}
