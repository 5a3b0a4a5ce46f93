using Fovea.Tensors;

namespace Fovea.Tests.Reduction.Clustering;

/// <summary>Seeded vectors around a few directions.</summary>
internal static class Vectors
{
    public static Tensor Around(int count, int width, int directions, int seed)
    {
        var random = new Random(seed);
        var centres = Enumerable.Range(0, directions).Select(_ => Numbers(random, width)).ToArray();
        var values = new float[count * width];
        for (int i = 0; i < count; i++)
        {
            float[] centre = centres[random.Next(directions)], noise = Numbers(random, width);
            for (int j = 0; j < width; j++)
            {
                values[(i * width) + j] = centre[j] + (0.3f * noise[j]);
            }
        }

        return Tensor.From(values, count, width);
    }

    public static Tensor Permuted(Tensor vectors, int[] order) => Tensor.From([.. order.SelectMany(row => vectors.Row<float>(row).ToArray())], order.Length, vectors.RowLength);

    public static int[] Shuffled(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Random(seed).Shuffle(order);
        return order;
    }

    private static float[] Numbers(Random random, int width) => [.. Enumerable.Range(0, width).Select(_ => (float)((2 * random.NextDouble()) - 1))];
}
