namespace Fovea.Training.Scaling;

/// <summary>The law Y(N, V) = a·N^(−b)·V^(−c) + d of inference: error against model size and visual tokens.</summary>
/// <param name="A">a, with N in 10^9.</param>
/// <param name="B">b, α in the paper: the exponent of the language model's size.</param>
/// <param name="C">c, β in the paper: the exponent of the visual tokens.</param>
/// <param name="D">d: the error that remains.</param>
/// <remarks>Li et al., "Inference Optimal VLMs Need Only One Visual Token but Larger Models", arXiv 2411.03312, with T = V as in the published code; the paper writes T = Q + V.</remarks>
public readonly record struct ScalingLaw(double A, double B, double C, double D)
{
    /// <summary>Y at a model size and number of visual tokens.</summary>
    /// <param name="paramsBillion">N in 10^9, above 0.</param>
    /// <param name="visualTokens">V, above 0.</param>
    public double Error(double paramsBillion, double visualTokens) => (A * Math.Pow(paramsBillion, -B) * Math.Pow(visualTokens, -C)) + D;

    /// <summary>For each point the law's error minus the measured one.</summary>
    public double[] Residuals(IReadOnlyList<ScalingPoint> points)
    {
        var residuals = new double[points.Count];
        for (int i = 0; i < residuals.Length; i++)
        {
            residuals[i] = Error(points[i].ParamsBillion, points[i].VisualTokens) - points[i].Error;
        }

        return residuals;
    }

    /// <summary>The sum of squared residuals.</summary>
    public double SquaredError(IReadOnlyList<ScalingPoint> points)
    {
        double sum = 0;
        foreach (double residual in Residuals(points))
        {
            sum += residual * residual;
        }

        return sum;
    }
}
