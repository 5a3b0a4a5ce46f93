namespace Fovea.Nn;

/// <summary>How rotary frequencies are stretched; the names are those of <c>rope_scaling</c> in configs.</summary>
public sealed record RopeScaling
{
    /// <summary>"linear", "dynamic", "llama3" or "yarn".</summary>
    public required string RopeType { get; init; }

    /// <summary>How many times longer the context becomes; above 0.</summary>
    public required double Factor { get; init; }

    /// <summary>The context the model was trained with (llama3, yarn).</summary>
    public int? OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>llama3: wavelengths above original / this are divided by the factor.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>llama3: wavelengths below original / this stay.</summary>
    public double HighFreqFactor { get; init; } = 4;

    /// <summary>yarn: where the ramp begins, in rotations.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>yarn: where the ramp ends, in rotations.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn: whether the ramp's ends are rounded outwards to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>yarn: the factor of cos and sin, where the config states it.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>yarn: numerator of the derived attention factor.</summary>
    public double? Mscale { get; init; }

    /// <summary>yarn: denominator of the derived attention factor.</summary>
    public double? MscaleAllDim { get; init; }
}
