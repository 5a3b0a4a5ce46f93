namespace Fovea.Training.Scaling;

/// <summary>Y = k0 + k1·ln N + k2·ln V: what the law turns into when its constant is let go.</summary>
/// <param name="K0">The error at N = 10^9 and V = 1.</param>
/// <param name="K1">By how much it changes when N grows e-fold.</param>
/// <param name="K2">By how much it changes when V grows e-fold.</param>
public readonly record struct LogLinearLaw(double K0, double K1, double K2)
{
    /// <summary>Y at a model size (10^9 parameters) and number of visual tokens.</summary>
    public double Error(double paramsBillion, double visualTokens) => K0 + (K1 * Math.Log(paramsBillion)) + (K2 * Math.Log(visualTokens));

    /// <summary>Ordinary least squares.</summary>
    /// <exception cref="ArgumentException">The points do not determine three parameters.</exception>
    public static LogLinearLaw Of(IReadOnlyList<ScalingPoint> points)
    {
        double[][] rows = [.. points.Select(point => new[] { Math.Log(point.ParamsBillion), Math.Log(point.VisualTokens) })];
        double[] k = MathNet.Numerics.LinearRegression.MultipleRegression.QR(rows, [.. points.Select(point => point.Error)], intercept: true);
        return k.All(double.IsFinite) ? new LogLinearLaw(k[0], k[1], k[2]) : throw new ArgumentException("The points need at least two model sizes and two numbers of visual tokens.", nameof(points));
    }

    /// <summary>The sum of squared residuals.</summary>
    public double SquaredError(IReadOnlyList<ScalingPoint> points)
    {
        double sum = 0;
        foreach (var point in points)
        {
            double residual = point.Error - Error(point.ParamsBillion, point.VisualTokens);
            sum += residual * residual;
        }

        return sum;
    }
}
