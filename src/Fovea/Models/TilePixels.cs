using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>Tiles of pixels on their way into an encoder.</summary>
internal static class TilePixels
{
    /// <summary>Passes tiles on that the encoder can take.</summary>
    /// <exception cref="InvalidDataException">They have another size.</exception>
    public static Tensor Check(Tensor pixels, VisionConfig config) => pixels.Shape[2] == config.ImageSize && pixels.Shape[3] == config.ImageSize
        ? pixels
        : throw new InvalidDataException(
            $"preprocessor_config.json makes pictures of {pixels.Shape[3]} x {pixels.Shape[2]}, but the encoder takes {config.ImageSize} x {config.ImageSize}.");

    /// <summary>One tensor of all tiles; the parts are disposed.</summary>
    public static Tensor Join(IReadOnlyList<Tensor> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var joined = Tensor.Allocate(parts.Sum(part => part.Rows), parts[0].Shape[1], parts[0].Shape[2], parts[0].Shape[3]);
        int row = 0;
        foreach (var part in parts)
        {
            part.AsSpan<float>().CopyTo(joined.Slice(row, part.Rows).AsSpan<float>());
            row += part.Rows;
            part.Dispose();
        }

        return joined;
    }

    /// <summary>The rows of the encoder's stream that are features: all, or all but the class tokens.</summary>
    public static int[] FeatureRows(int tiles, VisionConfig config, bool keepClassToken)
    {
        int skip = config.HasClassToken && !keepClassToken ? 1 : 0;
        return [.. Enumerable.Range(0, tiles * config.Tokens).Where(row => row % config.Tokens >= skip)];
    }
}
