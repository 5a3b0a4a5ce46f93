namespace Fovea.Training.Scaling;

/// <summary>The best model size and number of visual tokens under a budget of compute, 2·N·(Q + V) ≤ budget.</summary>
/// <param name="Law">The fitted law.</param>
/// <param name="TextTokens">Q: text tokens that are computed, 0 or more; 0 where their keys and values are cached.</param>
/// <param name="GigaFlops">The budget in 10^9 operations, above 0.</param>
/// <remarks>arXiv 2411.03312, section 4; the closed form follows from the law: −b·ln(Q + V) + c·ln V is greatest at V = cQ / (b − c).</remarks>
public sealed record ComputePlan(ScalingLaw Law, double TextTokens, double GigaFlops)
{
    /// <summary>Any size, and any number of tokens in a range.</summary>
    /// <param name="fewest">The smallest V, above 0.</param>
    /// <param name="most">The largest V.</param>
    public ComputeChoice Continuous(double fewest = 1, double most = 576) =>
        WithTokens(Law.B > Law.C ? Math.Clamp(Law.C * TextTokens / (Law.B - Law.C), fewest, most) : most);

    /// <summary>Any size, and tokens from a list.</summary>
    public ComputeChoice AnySize(IReadOnlyList<double> tokens) => tokens.Select(WithTokens).MinBy(choice => choice.Error);

    /// <summary>Size and tokens from lists; none if nothing fits the budget.</summary>
    public ComputeChoice? Listed(IReadOnlyList<double> sizesBillion, IReadOnlyList<double> tokens)
    {
        ComputeChoice? best = null;
        foreach (double size in sizesBillion)
        {
            foreach (double count in tokens)
            {
                var choice = new ComputeChoice(size, count, Law.Error(size, count));
                if (choice.GigaFlops(TextTokens) <= GigaFlops && (best is null || choice.Error < best.Value.Error))
                {
                    best = choice;
                }
            }
        }

        return best;
    }

    /// <summary>The size that the budget leaves for a number of tokens.</summary>
    public ComputeChoice WithTokens(double tokens)
    {
        double size = GigaFlops / (2 * (TextTokens + tokens));
        return new ComputeChoice(size, tokens, Law.Error(size, tokens));
    }
}
