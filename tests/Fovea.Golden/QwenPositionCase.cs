using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Qwen;
using Fovea.Nn;

namespace Fovea.Golden;

/// <summary>Rotary positions of the Qwen models, from ids and grids alone.</summary>
internal static class QwenPositionCase
{
    public static void Run(GoldenCase golden)
    {
        int[] ids = golden.Input("input_ids").AsSpan<int>().ToArray();
        int image = Option(golden, "image_token_id"), video = Option(golden, "video_token_id");
        foreach (var expected in golden.Expected)
        {
            bool truncated = expected.Name.EndsWith("_truncated", StringComparison.Ordinal);
            var positions = QwenPositions.Of(ids, id => id == image || id == video, Places(golden, ids, truncated), 0);
            switch (truncated ? expected.Name[..^"_truncated".Length] : expected.Name)
            {
                case "position_ids":
                    golden.Check(expected.Name, ByAxis(positions));
                    break;
                case "rope_delta":
                    golden.Check(expected.Name, [positions.Max(position => position.Max) + 1 - ids.Length]);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    /// <summary>Rows temporal, height, width.</summary>
    public static int[] ByAxis(TokenPosition[] positions) =>
        [.. positions.Select(position => position.Temporal), .. positions.Select(position => position.Height), .. positions.Select(position => position.Width)];

    private static Geometry Places(GoldenCase golden, int[] ids, bool truncated)
    {
        var images = Grids(golden, "image_grid_thw");
        var videos = Grids(golden, "video_grid_thw");
        int merge = Option(golden, "spatial_merge_size"), image = Option(golden, "image_token_id"), video = Option(golden, "video_token_id"), videoIndex = 0;
        var items = new List<(PatchGrid, double)>();
        for (int i = 0; i < ids.Length;)
        {
            if (ids[i] != image && ids[i] != video)
            {
                i++;
                continue;
            }

            bool isVideo = ids[i] == video;
            var grid = (isVideo ? videos : images).Dequeue();
            items.Add((grid, isVideo ? Step(golden, videoIndex++, truncated) : 0));
            for (int left = grid.Count / (merge * merge); left > 0; i++)
            {
                left -= ids[i] == image || ids[i] == video ? 1 : 0;
            }
        }

        return QwenLayout.Places(items, merge);
    }

    private static double Step(GoldenCase golden, int video, bool truncated)
    {
        switch (golden.Root.GetProperty("method").GetString())
        {
            case "qwen2":
                return 1;
            case "qwen25":
                double seconds = golden.Options.GetProperty("second_per_grid_ts")[video].GetDouble();
                return (truncated ? Math.Truncate(seconds) : seconds) * golden.Options.GetProperty("tokens_per_second").GetDouble();
            case "qwen3":
                return 0;
            default:
                throw new NotBuiltException($"positions of {golden.Root.GetProperty("method")}");
        }
    }

    private static Queue<PatchGrid> Grids(GoldenCase golden, string name)
    {
        var grids = new Queue<PatchGrid>();
        if (golden.HasInput(name))
        {
            long[] numbers = golden.Input(name).AsSpan<long>().ToArray();
            foreach (long[] grid in numbers.Chunk(3))
            {
                grids.Enqueue(new PatchGrid((int)grid[0], (int)grid[1], (int)grid[2]));
            }
        }

        return grids;
    }

    private static int Option(GoldenCase golden, string name) => golden.Options.GetProperty(name).GetInt32();
}
