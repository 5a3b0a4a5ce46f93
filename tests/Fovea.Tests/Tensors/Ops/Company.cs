using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>Checks that a row of a product does not depend on the rows around it.</summary>
internal static class Company
{
    /// <summary>Asserts that runs of some rows have the bits of the same rows of the whole product.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">All rows.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="bias">The bias, or none.</param>
    /// <param name="expected">The bits of the whole product; none = those that come out of it here.</param>
    /// <param name="step">Rows from the start of one run to that of the next.</param>
    /// <param name="counts">Rows of the runs.</param>
    /// <returns>The bits of the whole product.</returns>
    public static uint[] AssertChangesNothing(Compute compute, Tensor x, PackedMatrix weight, Tensor? bias, uint[]? expected, int step, params ReadOnlySpan<int> counts)
    {
        uint[] whole = Numbers.Bits(compute.Linear(x, weight, bias).AsSpan<float>());
        Assert.Equal(expected ?? whole, whole);
        compute.Arena.Release(default);
        for (int start = 0; start < x.Rows; start += step)
        {
            foreach (int most in counts)
            {
                int count = Math.Min(most, x.Rows - start);
                var part = compute.Linear(x.Slice(start, count), weight, bias);
                Assert.Equal(whole[(start * weight.Outputs)..((start + count) * weight.Outputs)], Numbers.Bits(part.AsSpan<float>()));
                compute.Arena.Release(default);
            }
        }

        return whole;
    }
}
