using System.Security.Cryptography;
using System.Text.Json;
using Fovea.Imaging;

namespace Fovea.Golden;

public static partial class ImageSuite
{
    private static void CheckFile(string folder, JsonElement item)
    {
        string path = Path.Combine(folder, item.GetProperty("file").GetString() ?? "");
        bool lenient = item.TryGetProperty("lenient", out var mayDiffer) && mayDiffer.GetBoolean();
        bool refused = item.TryGetProperty("error", out var reason);
        Image image;
        try
        {
            image = Image.Load(path, new ImageLoadOptions { ApplyOrientation = false });
        }
        catch (ImageFormatException) when (lenient || refused)
        {
            return;
        }

        if (refused)
        {
            throw new GoldenMismatchException($"was decoded to {image.Width} x {image.Height} pixels; it must be refused: {reason.GetString()}");
        }

        if (IsLossyWebP(path))
        {
            CheckNear(image, item);
        }
        else if (!lenient)
        {
            CheckPixels(image, item);
        }

        if (item.TryGetProperty("exif_transposed", out var upright))
        {
            CheckPixels(Image.Load(path), upright);
        }
    }

    private static void CheckPixels(Image image, JsonElement expected)
    {
        Compare.Exact("width", expected.GetProperty("width").GetInt32(), image.Width);
        Compare.Exact("height", expected.GetProperty("height").GetInt32(), image.Height);
        foreach (var row in expected.GetProperty("rows").EnumerateObject())
        {
            string wanted = row.Value.GetString() ?? "";
            string actual = Convert.ToHexStringLower(image.Row(int.Parse(row.Name))[..(wanted.Length / 2)]);
            Compare.Text($"row {row.Name}", wanted, actual);
        }

        Compare.Text("sha256", expected.GetProperty("sha256").GetString() ?? "", Convert.ToHexStringLower(SHA256.HashData(image.Rgb)));
    }

    /// <summary>Lossy WebP is decoded by an external program, whose samples may differ by 8 (README of the cases).</summary>
    private static bool IsLossyWebP(string path) =>
        File.ReadAllBytes(path) is [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', (byte)'V', (byte)'P', (byte)'8', (byte)' ', ..];

    private static void CheckNear(Image image, JsonElement expected)
    {
        foreach (var row in expected.GetProperty("rows").EnumerateObject())
        {
            byte[] wanted = Convert.FromHexString(row.Value.GetString() ?? "");
            var actual = image.Row(int.Parse(row.Name));
            for (int i = 0; i < wanted.Length; i++)
            {
                if (Math.Abs(wanted[i] - actual[i]) > 8)
                {
                    throw new GoldenMismatchException($"row {row.Name}[{i}] is {actual[i]}, expected {wanted[i]} within 8");
                }
            }
        }
    }
}
