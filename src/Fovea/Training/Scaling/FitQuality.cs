namespace Fovea.Training.Scaling;

/// <summary>How well a law describes points.</summary>
/// <param name="RootMeanSquare">Root of the mean squared residual.</param>
/// <param name="MeanAbsolute">Mean of the absolute residuals.</param>
/// <param name="LargestAbsolute">The largest absolute residual.</param>
/// <param name="MeanRelative">Mean of |residual| / error.</param>
/// <param name="LargestRelative">The largest |residual| / error.</param>
/// <param name="ExplainedVariance">R²: 1 − squared residuals / squared deviations from the mean error.</param>
public readonly record struct FitQuality(
    double RootMeanSquare, double MeanAbsolute, double LargestAbsolute, double MeanRelative, double LargestRelative, double ExplainedVariance)
{
    /// <summary>Compares a law with points.</summary>
    public static FitQuality Of(ScalingLaw law, IReadOnlyList<ScalingPoint> points)
    {
        double[] residuals = Array.ConvertAll(law.Residuals(points), Math.Abs);
        double[] relative = [.. residuals.Select((residual, i) => residual / points[i].Error)];
        double mean = points.Average(point => point.Error), squares = residuals.Sum(residual => residual * residual);
        double spread = points.Sum(point => (point.Error - mean) * (point.Error - mean));
        return new FitQuality(Math.Sqrt(squares / residuals.Length), residuals.Average(), residuals.Max(), relative.Average(), relative.Max(), 1 - (squares / spread));
    }
}
