namespace Fovea.Reduction;

/// <summary>Where a reduction acts. Stages compare in the order in which data passes them.</summary>
/// <param name="Kind">The part of the model.</param>
/// <param name="Layer">Encoder block or decoder layer, counted from 0; 0 for the other kinds.</param>
public readonly record struct Stage(StageKind Kind, int Layer) : IComparable<Stage>
{
    /// <summary>On the selected encoder features.</summary>
    public static Stage BeforeProjector => new(StageKind.BeforeProjector, 0);

    /// <summary>On the projected tokens.</summary>
    public static Stage AfterProjector => new(StageKind.AfterProjector, 0);

    /// <summary>Inside encoder block <paramref name="block"/>.</summary>
    public static Stage Encoder(int block) => new(StageKind.Encoder, block);

    /// <summary>Before decoder layer <paramref name="layer"/>; with the number of layers, behind the last one.</summary>
    public static Stage Decoder(int layer) => new(StageKind.Decoder, layer);

    /// <inheritdoc/>
    public int CompareTo(Stage other) => (Kind, Layer).CompareTo((other.Kind, other.Layer));

    /// <summary>Such as <c>decoder:2</c> or <c>after-projector</c>.</summary>
    public override string ToString() => Kind switch
    {
        StageKind.Encoder => $"encoder:{Layer}",
        StageKind.BeforeProjector => "before-projector",
        StageKind.AfterProjector => "after-projector",
        StageKind.Decoder => $"decoder:{Layer}",
        _ => "cache",
    };

    /// <summary>Earlier.</summary>
    public static bool operator <(Stage left, Stage right) => left.CompareTo(right) < 0;

    /// <summary>Later.</summary>
    public static bool operator >(Stage left, Stage right) => left.CompareTo(right) > 0;

    /// <summary>Not later.</summary>
    public static bool operator <=(Stage left, Stage right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(Stage left, Stage right) => left.CompareTo(right) >= 0;
}
