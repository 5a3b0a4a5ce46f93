namespace Fovea.Training.Scaling;

/// <summary>Evenly spaced values, both ends among them.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Points">How many, 1 to 10,000.</param>
public readonly record struct GridAxis(double From, double To, int Points)
{
    /// <summary>The value at <paramref name="index"/>.</summary>
    public double this[int index] => index == 0 ? From : index == Points - 1 ? To : From + (index * ((To - From) / (Points - 1)));
}
