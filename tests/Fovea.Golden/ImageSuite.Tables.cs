using System.Text.Json;
using Fovea.Imaging;

namespace Fovea.Golden;

public static partial class ImageSuite
{
    /// <summary>A file with <c>columns</c> and <c>rows</c>; a result of −1 or an empty list means that the input is refused.</summary>
    private static void CheckTable(string name, JsonElement document)
    {
        int index = 0;
        foreach (var row in document.GetProperty("rows").EnumerateArray())
        {
            JsonElement[] cells = [.. row.EnumerateArray()];
            string expected = Json(name switch
            {
                "tiles-internvl" => cells[5..],
                "window-index-qwen25" => cells[4..],
                "timestamps-qwen3" => cells[2..],
                "smart-resize-image" => cells[5..],
                "smart-resize-video-qwen3" => cells[7..],
                "frame-sampling" => cells[4..],
                _ => throw new GoldenMismatchException($"the table {name} is not understood"),
            });
            string actual = Refusable(
                () => name switch
                {
                    "tiles-internvl" => TilesWithThumbnail(cells),
                    "window-index-qwen25" => Windows(cells),
                    "timestamps-qwen3" => Timestamps(cells),
                    "smart-resize-image" => Pair(ImageGeometry.SmartResize(Size(cells, 0), Int(cells[2]), Int(cells[3]), Int(cells[4]))),
                    "smart-resize-video-qwen3" => Pair(ImageGeometry.SmartResizeVideo(Int(cells[0]), Size(cells, 1), Int(cells[3]), Int(cells[4]), Int(cells[5]), Int(cells[6]))),
                    _ => Json([Json(Frames(cells[0].GetString() ?? "", Int(cells[1]), cells[2].GetDouble(), cells[3].GetDouble()))]),
                },
                name == "frame-sampling" ? "[[]]" : "[-1,-1]");
            Compare.Text($"row {index++} {row.GetRawText()}", expected, actual);
        }
    }

    /// <summary>One entry of <c>geometry.json</c>: a kind of computation and its rows, each with the result at its end.</summary>
    private static void CheckGeometry(JsonElement item)
    {
        string kind = item.GetProperty("name").GetString() ?? "";
        int index = 0;
        foreach (var row in item.GetProperty("rows").EnumerateArray())
        {
            JsonElement[] cells = [.. row.EnumerateArray()];
            bool inside = kind == "best_resolution";
            string actual = Refusable(
                () => kind switch
                {
                    "smart_resize" => Pair(ImageGeometry.SmartResize(Size(cells, 0), Int(cells[2]), Int(cells[3]), Int(cells[4]))),
                    "smart_resize_video3" => Pair(ImageGeometry.SmartResizeVideo(Int(cells[0]), Size(cells, 1), Int(cells[3]), Int(cells[4]), Int(cells[5]), Int(cells[6]))),
                    "best_resolution" => BestResolution(cells),
                    "tiles" => Tiles(cells),
                    "shortest_edge" => Pair(ImageGeometry.ShortestEdge(Size(cells, 0), Int(cells[2]))),
                    "frames" => Json(Frames(cells[0].GetString() ?? "", Int(cells[1]), cells[2].GetDouble(), cells[3].GetDouble())),
                    _ => throw new GoldenMismatchException($"the table {kind} is not understood"),
                },
                "null");
            var result = cells[^1];
            string expected = inside ? Json(cells[3..]) : result.ValueKind == JsonValueKind.Object ? "null" : Json([result])[1..^1];
            Compare.Text($"row {index++} {row.GetRawText()}", expected, actual);
        }
    }

    /// <summary>The frames of a named rule. In one table the rules are called by family, in the other by method.</summary>
    private static IEnumerable<string> Frames(string rule, int total, double videoRate, double asked)
    {
        int[] indices = rule switch
        {
            "base num_frames" => FrameSampling.Even(total, (int)asked),
            "base fps" => FrameSampling.Even(total, FrameSampling.CountOfRate(total, videoRate, asked)),
            "internvl num_frames" or "internvl-count" => FrameSampling.EvenShifted(total, (int)asked),
            "internvl fps" => FrameSampling.EvenShifted(total, FrameSampling.CountOfRate(total, videoRate, asked)),
            "qwen2_vl num_frames" => FrameSampling.Qwen2(total, (int)asked, 2),
            "qwen2_vl fps" or "qwen2" => FrameSampling.Qwen2(total, videoRate, asked, 4, 768, 2),
            "qwen3_vl fps" or "qwen3" => FrameSampling.Qwen3(total, videoRate, asked, 4, 768),
            "linspace int" => FrameSampling.Linspace(total, (int)asked),
            "lmms-eval pyav" => FrameSampling.LinspaceWithLast(total, (int)asked),
            "internvl demo" => FrameSampling.Centred(total, (int)asked),
            "llava repo 1 fps, upbound" => FrameSampling.EveryNth(total, videoRate, 1, (int)asked, force: false),
            _ => throw new GoldenMismatchException($"the rule {rule} is not understood"),
        };
        return indices.Select(i => $"{i}");
    }

    private static string TilesWithThumbnail(JsonElement[] cells)
    {
        var (rows, columns) = ImageGeometry.TileGrid(new ImageSize(Int(cells[1]), Int(cells[0])), new ImageSize(Int(cells[2]), Int(cells[2])), Int(cells[3]), Int(cells[4]));
        int tiles = rows * columns;
        return $"[{columns},{rows},{(tiles > 1 ? tiles + 1 : tiles)}]";
    }

    private static string Tiles(JsonElement[] cells)
    {
        var (rows, columns) = ImageGeometry.TileGrid(Size(cells, 0), new ImageSize(Int(cells[2]), Int(cells[2])), Int(cells[3]), Int(cells[4]));
        return $"[{columns},{rows}]";
    }

    private static string BestResolution(JsonElement[] cells)
    {
        // The README of the table: 5 = the canvases of LLaVA-NeXT, 36 = those of LLaVA-OneVision.
        ImageSize[] canvases = Int(cells[2]) == 5
            ? [new(336, 672), new(672, 336), new(672, 672), new(1008, 336), new(336, 1008)]
            : [.. from h in Enumerable.Range(1, 6) from w in Enumerable.Range(1, 6) select new ImageSize(384 * h, 384 * w)];
        var best = ImageGeometry.BestResolution(Size(cells, 0), canvases);
        string fitted = cells[4].ValueKind == JsonValueKind.Null ? "null" : Pair(ImageGeometry.FitInside(Size(cells, 0), best));
        return $"[{Pair(best)},{fitted}]";
    }

    private static string Windows(JsonElement[] cells)
    {
        var grids = cells[3].EnumerateArray().Select(grid => new PatchGrid(Int(grid[0]), Int(grid[1]), Int(grid[2])));
        var windows = EncoderWindows.Compute(grids, Int(cells[0]), Int(cells[1]), Int(cells[2]));
        return $"[[{string.Join(',', windows.Order)}],[{string.Join(',', windows.Offsets)}]]";
    }

    private static string Timestamps(JsonElement[] cells)
    {
        double[] seconds = FrameTimestamps.Seconds([.. cells[0].EnumerateArray().Select(Int)], cells[1].GetDouble());
        return $"[[{string.Join(',', seconds.Select(s => $"{s:R}"))}],[{string.Join(',', seconds.Select(s => $"\"{FrameTimestamps.Text(s)}\""))}]]";
    }

    private static string Refusable(Func<string> compute, string refused)
    {
        try
        {
            return compute();
        }
        catch (ArgumentException)
        {
            return refused;
        }
    }

    private static int Int(JsonElement number) => number.GetInt32();

    private static ImageSize Size(JsonElement[] cells, int height) => new(Int(cells[height]), Int(cells[height + 1]));

    private static string Pair(ImageSize size) => $"[{size.Height},{size.Width}]";

    /// <summary>Cells as JSON without white space, numbers in their shortest form.</summary>
    private static string Json(IEnumerable<JsonElement> cells) => Json(cells.Select(cell => cell.ValueKind switch
    {
        JsonValueKind.Array => Json(cell.EnumerateArray()),
        JsonValueKind.Number => $"{cell.GetDouble():R}",
        _ => cell.GetRawText(),
    }));
}
