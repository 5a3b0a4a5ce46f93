using System.Numerics.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>Cross-correlation of pictures with filters over all channels, such as a patch embedding.</summary>
    /// <param name="x">[pictures · height · width, channels].</param>
    /// <param name="weight">[outputs, channels, kernel, kernel].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="grid">How the window walks.</param>
    /// <returns>[windows, outputs].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit together.</exception>
    public Variable Convolve(Variable x, Variable weight, Variable? bias, PatchGrid grid)
    {
        int channels = x.Value.RowLength, area = grid.Kernel * grid.Kernel;
        Compute.Check(weight.Value.RowLength == channels * area, weight.Value, $"does not hold filters of {channels} x {grid.Kernel} x {grid.Kernel}");
        CheckGrid(x, grid);
        var taps = new int[grid.Count * area];
        for (int i = 0; i < taps.Length; i++)
        {
            taps[i] = grid.Pixel(i / area, i % area / grid.Kernel, i % grid.Kernel);
        }

        // A window's pixels are whole rows of channels, so filters are turned to [outputs, kernel · kernel, channels].
        var windows = Reshape(Map(x, RowMap.Gather(x.Value.Rows, taps)), grid.Count, area * channels);
        var filters = Permute(Reshape(weight, weight.Value.Rows, channels, area), 0, 2, 1);
        return Linear(windows, Reshape(filters, weight.Value.Rows, area * channels), bias);
    }

    /// <summary>Cross-correlation of each channel with a filter of its own: y[o, c] = b[c] + Σ w[c, r] · x[pixel(o, r), c].</summary>
    /// <param name="x">[pictures · height · width, channels].</param>
    /// <param name="weight">[channels, 1, kernel, kernel].</param>
    /// <param name="bias">[channels], or none.</param>
    /// <param name="grid">How the window walks.</param>
    /// <returns>[windows, channels].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit together.</exception>
    public Variable ConvolveDepthwise(Variable x, Variable weight, Variable? bias, PatchGrid grid)
    {
        int channels = x.Value.RowLength, area = grid.Kernel * grid.Kernel;
        Compute.Check(weight.Shape.Count == channels * area && weight.Value.Rows == channels, weight.Value, $"does not hold a filter of {area} for each of {channels} channels");
        CheckGrid(x, grid);
        var filters = Permute(Reshape(weight, channels, area), 1, 0);
        var y = Zeros(new Shape(grid.Count, channels));
        Compute.ForRows(grid.Count, channels * area, (start, end) =>
        {
            for (int window = start; window < end; window++)
            {
                var sum = y.Row<float>(window);
                bias?.Value.AsSpan<float>().CopyTo(sum);
                for (int tap = 0; tap < area; tap++)
                {
                    int pixel = grid.Pixel(window, tap / grid.Kernel, tap % grid.Kernel);
                    if (pixel >= 0)
                    {
                        TensorPrimitives.MultiplyAdd(x.Value.Row<float>(pixel), filters.Value.Row<float>(tap), sum, sum);
                    }
                }
            }
        });
        return Record(y, [x, filters, bias], gradient =>
        {
            var toX = Zeros(x.Shape);
            var toFilters = Zeros(filters.Shape);
            for (int window = 0; window < grid.Count; window++)
            {
                var flowing = gradient.Row<float>(window);
                for (int tap = 0; tap < area; tap++)
                {
                    int pixel = grid.Pixel(window, tap / grid.Kernel, tap % grid.Kernel);
                    if (pixel >= 0)
                    {
                        TensorPrimitives.MultiplyAdd(flowing, filters.Value.Row<float>(tap), toX.Row<float>(pixel), toX.Row<float>(pixel));
                        TensorPrimitives.MultiplyAdd(flowing, x.Value.Row<float>(pixel), toFilters.Row<float>(tap), toFilters.Row<float>(tap));
                    }
                }
            }

            GiveIfAny(x, x.RequiresGradient ? toX : null);
            GiveIfAny(filters, filters.RequiresGradient ? toFilters : null);
            GiveIfAny(bias ?? x, bias is { RequiresGradient: true } ? ColumnSums(gradient) : null);
        });
    }

    private static void CheckGrid(Variable x, PatchGrid grid) => Compute.Check(
        grid is { Kernel: > 0, Stride: > 0, Padding: >= 0 } && x.Value.Rows == (long)grid.Pictures * grid.Height * grid.Width,
        x.Value,
        $"cannot be walked over by {grid}");
}
