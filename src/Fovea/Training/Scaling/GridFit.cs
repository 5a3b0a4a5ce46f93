namespace Fovea.Training.Scaling;

/// <summary>A point of the grid.</summary>
/// <param name="Law">Its parameters.</param>
/// <param name="SquaredError">Its sum of squared residuals.</param>
/// <param name="Indices">Zero-based places on the axes a, b, c, d.</param>
public sealed record GridPoint(ScalingLaw Law, double SquaredError, IReadOnlyList<int> Indices);

/// <summary>
/// The exhaustive search of the published code: every combination on four axes, ranked by the sum of squared residuals.
/// </summary>
/// <remarks>
/// locuslab/llava-token-compression, scaling_law_code. Deviation: the published script tries the combinations in random order and stops after a fifth of them,
/// so that its result is random; here all are tried.
/// </remarks>
public sealed record GridFit
{
    private const int MostPoints = 10_000;

    /// <summary>Values of a.</summary>
    public GridAxis A { get; init; } = new(0.2, 0.7, 50);

    /// <summary>Values of b.</summary>
    public GridAxis B { get; init; } = new(0, 0.2, 100);

    /// <summary>Values of c.</summary>
    public GridAxis C { get; init; } = new(0, 0.05, 100);

    /// <summary>Values of d.</summary>
    public GridAxis D { get; init; } = new(0, 0.3, 10);

    /// <summary>The best points in ascending order of squared error; of equal ones the first in the order of a, b, c, d.</summary>
    /// <param name="points">The measurements.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">There are no points, or an axis is empty or too long.</exception>
    public IReadOnlyList<GridPoint> Best(IReadOnlyList<ScalingPoint> points, int count)
    {
        Check(points);
        var best = new PriorityQueue<(int A, int B, int C, int D), (double, int, int, int, int)>(
            Comparer<(double Error, int A, int B, int C, int D)>.Create((x, y) => y.CompareTo(x)));
        for (int b = 0; b < B.Points; b++)
        {
            for (int c = 0; c < C.Points; c++)
            {
                Offer(points, b, c, count, best);
            }
        }

        var ranked = new GridPoint[best.Count];
        for (int i = ranked.Length - 1; i >= 0; i--)
        {
            var place = best.Dequeue();
            var law = new ScalingLaw(A[place.A], B[place.B], C[place.C], D[place.D]);
            ranked[i] = new GridPoint(law, law.SquaredError(points), [place.A, place.B, place.C, place.D]);
        }

        return ranked;
    }

    /// <summary>The names of the axes on whose end a point lies, which says that the range is too narrow.</summary>
    public IReadOnlyList<string> Edges(GridPoint point)
    {
        var edges = new List<string>();
        foreach (var (name, axis, index) in (ReadOnlySpan<(string, GridAxis, int)>)[("a", A, point.Indices[0]), ("b", B, point.Indices[1]), ("c", C, point.Indices[2]), ("d", D, point.Indices[3])])
        {
            if (axis.Points > 1 && (index == axis.Points - 1 || index == 0))
            {
                edges.Add(name);
            }
        }

        return edges;
    }

    /// <summary>All a and d at one b and c: with p = N^(−b)·V^(−c) the error is a quadratic form in a and d.</summary>
    private void Offer(IReadOnlyList<ScalingPoint> points, int b, int c, int count, PriorityQueue<(int A, int B, int C, int D), (double, int, int, int, int)> best)
    {
        double pp = 0, p1 = 0, py = 0, y1 = 0, yy = 0, n = points.Count;
        foreach (var point in points)
        {
            double p = Math.Pow(point.ParamsBillion, -B[b]) * Math.Pow(point.VisualTokens, -C[c]);
            pp += p * p;
            p1 += p;
            py += p * point.Error;
            y1 += point.Error;
            yy += point.Error * point.Error;
        }

        for (int i = 0; i < A.Points; i++)
        {
            double a = A[i];
            for (int j = 0; j < D.Points; j++)
            {
                double d = D[j];
                double error = yy + (a * a * pp) + (d * d * n) + (2 * ((a * d * p1) - (a * py) - (d * y1)));
                var rank = (error, i, b, c, j);
                if (best.Count < count)
                {
                    best.Enqueue((i, b, c, j), rank);
                }
                else if (best.TryPeek(out _, out var worst) && rank.CompareTo(worst) < 0)
                {
                    best.DequeueEnqueue((i, b, c, j), rank);
                }
            }
        }
    }

    private void Check(IReadOnlyList<ScalingPoint> points)
    {
        if (points.Count == 0)
        {
            throw new ArgumentException("There are no points to fit.", nameof(points));
        }

        foreach (var axis in (ReadOnlySpan<GridAxis>)[A, B, C, D])
        {
            if (axis.Points is < 1 or > MostPoints)
            {
                throw new ArgumentException($"An axis of the grid has {axis.Points} values; 1 to {MostPoints} are possible.");
            }
        }
    }
}
