namespace Fovea.Reduction.Methods;

/// <summary>
/// How far a question's attention over the visual tokens departs from attention that has not seen the question (PriorTR, arXiv 2606.24156). Both are
/// normalised over the visual tokens first, so that the attention spent on text cancels.
/// </summary>
public static class PriorDivergence
{
    private const double Epsilon = 1e-10;
    private const float Limit = 1e6f;

    /// <summary>
    /// The terms P·ln((P + ε) / (Q + ε)) of the divergence, ε = 1e-10: positive where the question raises attention, 0 where it pays none. NaN becomes 0;
    /// infinities are cut to ±10⁶.
    /// </summary>
    /// <param name="task">The question's attention, not normalised.</param>
    /// <param name="prior">The prior attention, not normalised.</param>
    /// <param name="terms">Receives one term for each token.</param>
    public static void Terms(ReadOnlySpan<float> task, ReadOnlySpan<float> prior, Span<float> terms)
    {
        double taskSum = Sum(task), priorSum = Sum(prior);
        for (int i = 0; i < terms.Length; i++)
        {
            float term = (float)Term(task[i] / taskSum, prior[i] / priorSum);
            terms[i] = float.IsNaN(term) ? 0 : Math.Clamp(term, -Limit, Limit);
        }
    }

    /// <summary>The divergence of the question's attention from the prior: the sum of the terms.</summary>
    /// <param name="task">The question's attention, not normalised.</param>
    /// <param name="prior">The prior attention, not normalised.</param>
    public static double Of(ReadOnlySpan<float> task, ReadOnlySpan<float> prior)
    {
        double taskSum = Sum(task), priorSum = Sum(prior), divergence = 0;
        for (int i = 0; i < task.Length; i++)
        {
            divergence += Term(task[i] / taskSum, prior[i] / priorSum);
        }

        return divergence;
    }

    private static double Term(double p, double q) => p * Math.Log((p + Epsilon) / (q + Epsilon));

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = Epsilon;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }
}
