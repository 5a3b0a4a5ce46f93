namespace Fovea.Generation;

/// <summary>How the next token is chosen. The defaults are greedy.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 = greedy (of equal logits the lowest id), at most 100.</summary>
    public double Temperature { get; init; }

    /// <summary>Only the most probable this many; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the fewest most probable that together have this probability, in (0, 1].</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only those at least this share as probable as the best, in [0, 1].</summary>
    public double MinP { get; init; }

    /// <summary>Logits of tokens that were there already are divided (if positive) or multiplied by this; 1 = off, above 0.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The seed of the draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "from 0 to 100");
        Require(TopK >= 0, nameof(TopK), TopK, "at least 0");
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Require(MinP is >= 0 and <= 1, nameof(MinP), MinP, "from 0 to 1");
        Require(RepetitionPenalty is > 0 and <= 100, nameof(RepetitionPenalty), RepetitionPenalty, "above 0 and at most 100");
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {value}; it must be {range}.");
        }
    }
}
