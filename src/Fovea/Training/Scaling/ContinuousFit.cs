using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Fovea.Training.Scaling;

/// <summary>
/// Least squares over a, b, c, d ≥ 0. For given b and c the best a and d have a closed form, so that the search is over two numbers only (variable projection:
/// Golub and Pereyra, SIAM J. Numer. Anal. 10, 1973); Nelder-Mead finds them. Deterministic.
/// </summary>
/// <remarks>Without a bound on d the fit runs away to d → −∞, where the law turns into <see cref="LogLinearLaw"/>.</remarks>
public static class ContinuousFit
{
    private const double Tolerance = 1e-11;
    private const int Iterations = 5000;

    /// <summary>Fits the law.</summary>
    /// <param name="points">At least one point for each parameter that is sought.</param>
    /// <param name="fixedD">d, if it is given.</param>
    /// <exception cref="ArgumentException">There are too few points, all have one size or one number of tokens, or the search does not settle.</exception>
    public static ScalingLaw Of(IReadOnlyList<ScalingPoint> points, double? fixedD = null)
    {
        if (points.Count < 4)
        {
            throw new ArgumentException($"{points.Count} points do not determine the law's four parameters.", nameof(points));
        }

        if (points.All(point => point.ParamsBillion == points[0].ParamsBillion) || points.All(point => point.VisualTokens == points[0].VisualTokens))
        {
            throw new ArgumentException("The points need at least two model sizes and two numbers of visual tokens.", nameof(points));
        }

        // The exponents of the fit without a constant, a straight line in logarithms, are where the search begins.
        var start = LogLinearLaw.Of([.. points.Select(point => point with { Error = Math.Log(Math.Max(point.Error, 1e-9)) })]);
        var found = Search(points, fixedD, Math.Max(-start.K1, 0.01), Math.Max(-start.K2, 0.01));
        return Search(points, fixedD, found.B, found.C);
    }

    private static ScalingLaw Search(IReadOnlyList<ScalingPoint> points, double? fixedD, double b, double c)
    {
        // In units of where it begins, so that the tolerance is a relative one; a perfect fit has no such unit, but the errors themselves have.
        double unit = Math.Max(Project(points, b, c, fixedD).SquaredError(points), 1e-10 * points.Sum(point => point.Error * point.Error));
        var objective = ObjectiveFunction.Value(exponents => Project(points, exponents[0], exponents[1], fixedD).SquaredError(points) / unit);
        var steps = Vector<double>.Build.Dense([Math.Max(0.02, b / 4), Math.Max(0.02, c / 4)]);
        try
        {
            var result = NelderMeadSimplex.Minimum(objective, Vector<double>.Build.Dense([b, c]), steps, Tolerance, Iterations);
            return Project(points, result.MinimizingPoint[0], result.MinimizingPoint[1], fixedD);
        }
        catch (MaximumIterationsException exception)
        {
            throw new ArgumentException("The points do not determine the law: the search does not settle.", nameof(points), exception);
        }
    }

    /// <summary>The best a and d, both not negative, at b and c; negative exponents count as zero.</summary>
    private static ScalingLaw Project(IReadOnlyList<ScalingPoint> points, double b, double c, double? fixedD)
    {
        b = Math.Max(0, b);
        c = Math.Max(0, c);
        double pp = 0, p1 = 0, py = 0, y1 = 0, n = points.Count;
        foreach (var point in points)
        {
            double p = Math.Pow(point.ParamsBillion, -b) * Math.Pow(point.VisualTokens, -c);
            pp += p * p;
            p1 += p;
            py += p * point.Error;
            y1 += point.Error;
        }

        if (fixedD is { } given)
        {
            return new ScalingLaw(Math.Max(0, (py - (given * p1)) / pp), b, c, given);
        }

        double determinant = (pp * n) - (p1 * p1);
        double a = determinant > 0 ? ((py * n) - (p1 * y1)) / determinant : -1, d = determinant > 0 ? ((pp * y1) - (p1 * py)) / determinant : -1;
        return a >= 0 && d >= 0 ? new ScalingLaw(a, b, c, d)
            : d < 0 ? new ScalingLaw(Math.Max(0, py / pp), b, c, 0)
            : new ScalingLaw(0, b, c, Math.Max(0, y1 / n));
    }
}
