using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>Exact conversion of stored floating-point numbers to f32.</summary>
public static class Widen
{
    /// <summary>Widens row <paramref name="row"/> of an f32, f16 or bf16 tensor.</summary>
    /// <exception cref="ArgumentException">The tensor holds integers.</exception>
    public static void Row(Tensor source, int row, Span<float> destination)
    {
        switch (source.ElementType)
        {
            case ElementType.F32:
                source.Row<float>(row).CopyTo(destination);
                break;
            case ElementType.F16:
                var halves = source.Row<Half>(row);
                for (int i = 0; i < halves.Length; i++)
                {
                    destination[i] = (float)halves[i];
                }

                break;
            case ElementType.BF16:
                var brains = source.Row<BFloat16>(row);
                for (int i = 0; i < brains.Length; i++)
                {
                    destination[i] = brains[i].ToSingle();
                }

                break;
            default:
                throw new ArgumentException($"{source} does not hold floating-point numbers.", nameof(source));
        }
    }
}
