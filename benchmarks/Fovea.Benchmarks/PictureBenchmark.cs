using System.Globalization;
using Fovea.Imaging;

namespace Fovea.Benchmarks;

/// <summary>Decoding and resizing pictures on one thread, beside Pillow (with libjpeg-turbo) in its own process and djpeg as a whole process.</summary>
internal static class PictureBenchmark
{
    private static readonly (string Name, int Side, ResampleFilter Filter)[] Resizes =
    [
        ("to 336 x 336, bicubic", 336, ResampleFilter.Bicubic), ("to 1344 x 1344, bicubic", 1344, ResampleFilter.Bicubic),
        ("to 384 x 384, lanczos", 384, ResampleFilter.Lanczos), ("to 448 x 448, bilinear", 448, ResampleFilter.Bilinear),
    ];

    /// <summary>Runs it. The argument is the Python that has Pillow.</summary>
    public static void Run(string root, string python)
    {
        string script = Path.Combine(root, "benchmarks/peers/pillow.py");
        string folder = Directory.CreateTempSubdirectory("fovea-pictures-").FullName;
        SideBySide.Peer(python, script, "make", folder);
        Console.WriteLine(SideBySide.Header);
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            SideBySide.Row($"decode {name}", "Pillow", () => SideBySide.Peer(python, script, "decode", file), () => 1000 * Stopclock.Seconds(() => Image.Load(file)));
            if (name.EndsWith(".jpg", StringComparison.Ordinal))
            {
                SideBySide.Row($"decode {name}", "djpeg, whole process", () => SideBySide.Process("djpeg", "-outfile", "/dev/null", file), () => 1000 * Stopclock.Seconds(() => Image.Load(file)));
            }
        }

        string photo = Path.Combine(folder, "12mp-420.jpg");
        var image = Image.Load(photo);
        foreach (var (name, side, filter) in Resizes)
        {
            string edge = side.ToString(CultureInfo.InvariantCulture), kind = ((int)filter).ToString(CultureInfo.InvariantCulture);
            SideBySide.Row(
                $"resize 4000 x 3000 {name}", "Pillow", () => SideBySide.Peer(python, script, "resize", photo, edge, kind),
                () => 1000 * Stopclock.Seconds(() => PillowResize.Resize(image, side, side, filter)));
        }

        Directory.Delete(folder, recursive: true);
    }
}
