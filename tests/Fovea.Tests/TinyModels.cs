using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors.Ops;

namespace Fovea.Tests;

/// <summary>Every checkpoint in the tree whose family is in the catalogue, loaded once.</summary>
internal static class TinyModels
{
    private static readonly Lazy<Compute> Shared = new(() => new Compute());
    private static readonly Dictionary<string, MultimodalModel> Loaded = [];

    /// <summary>Folders of the checkpoints, relative to the repository.</summary>
    public static IReadOnlyList<string> Folders { get; } =
    [
        "models/foveola/model",
        .. Directory.EnumerateDirectories(Repository.Path("tests/golden/checkpoints"))
            .Where(IsKnown)
            .Select(folder => Path.GetRelativePath(Repository.Root, folder))
            .Order(StringComparer.Ordinal),
    ];

    public static MultimodalModel Load(string folder)
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(folder, out var model))
            {
                model = KnownModels.Load(Repository.Path(folder), Shared.Value);
                Loaded.Add(folder, model);
            }

            return model;
        }
    }

    /// <summary>A picture with something in every corner, the same every time.</summary>
    public static Image Picture(int width, int height, int seed)
    {
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % width, y = i / 3 / width;
            rgb[i] = (byte)((128 + (90 * Math.Sin((x * 0.13) + seed + (i % 3)) * Math.Cos((y * 0.07 * (seed + 1)) + (i % 3)))) + ((x * y) % 17));
        }

        return new Image(width, height, rgb);
    }

    private static bool IsKnown(string folder)
    {
        try
        {
            var checkpoint = CheckpointFolder.Open(folder);
            return checkpoint.HasWeights && KnownModels.Find(checkpoint) is not null;
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidDataException or IOException)
        {
            return false;
        }
    }
}
