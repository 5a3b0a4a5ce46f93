using System.Text.Json;
using Fovea.Imaging;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Golden;

public static partial class ImageSuite
{
    private const double FloatTolerance = 2e-3;

    private static void CheckResize(string path, JsonElement item)
    {
        using var tensors = SafetensorsReader.Open(Path.ChangeExtension(path, ".safetensors"));
        var source = tensors[$"in.{item.GetProperty("in").GetString()}"];
        var wanted = tensors[$"out.{item.GetProperty("name").GetString()}"];
        var options = item.GetProperty("options");
        var size = new ImageSize(options.GetProperty("height").GetInt32(), options.GetProperty("width").GetInt32());
        var filter = Enum.Parse<ResampleFilter>(options.GetProperty("filter").GetString() ?? "", ignoreCase: true);
        string library = options.GetProperty("library").GetString() ?? "";
        if (wanted.ElementType == ElementType.F32)
        {
            var from = new ImageSize(source.Shape[0], source.Shape[1]);
            float[] pixels = [.. source.AsSpan<byte>().ToArray().Select(sample => (float)sample)];
            Compare.Numbers("out", wanted.AsSpan<float>(), TensorResize.Resize(pixels, from, 3, size, filter), FloatTolerance, 0);
            return;
        }

        var image = new Image(source.Shape[1], source.Shape[0], source.AsSpan<byte>().ToArray());
        var resized = library switch
        {
            "pillow" => PillowResize.Resize(image, size.Width, size.Height, filter, Box(options), Order(options)),
            "torchvision" => TensorResize.Resize(image, size, filter),
            _ => throw new GoldenMismatchException($"the library {library} is not understood"),
        };
        CheckSamples("out", wanted, resized.Rgb);
    }

    private static ResizeBox? Box(JsonElement options)
    {
        if (!options.TryGetProperty("box", out var box))
        {
            return null;
        }

        float[] edges = [.. box.EnumerateArray().Select(edge => edge.GetSingle())];
        return new ResizeBox(edges[0], edges[1], edges[2], edges[3]);
    }

    private static PassOrder Order(JsonElement options) => !options.TryGetProperty("pass_order", out var order)
        ? PassOrder.ByShrinkage
        : order.GetString() == "horizontal-first" ? PassOrder.HorizontalFirst : throw new GoldenMismatchException($"the pass order {order} is not understood");

    private static void CheckSamples(string name, Tensor wanted, ReadOnlySpan<byte> actual)
    {
        var samples = wanted.AsSpan<byte>();
        Compare.Exact($"length of {name}", samples.Length, actual.Length);
        int same = samples.CommonPrefixLength(actual);
        if (same < actual.Length)
        {
            throw new GoldenMismatchException($"{name}[{same}] is {actual[same]}, expected {samples[same]}");
        }
    }
}
