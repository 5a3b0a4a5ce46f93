using System.Text.Json;
using Fovea.Imaging;
using Fovea.Models;

namespace Fovea.Cli.Output;

/// <summary>What a model sees of a picture, as JSON.</summary>
internal sealed record PictureViewOutput
{
    public required string File { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required string Family { get; init; }

    /// <summary>Shape of what the encoder reads: tiles of channels, rows and columns, or patches of numbers.</summary>
    public required int[] EncoderInput { get; init; }

    public required int Tiles { get; init; }

    public required int TileRows { get; init; }

    public required int TileColumns { get; init; }

    /// <summary>Whether a tile shows the whole picture beside the others.</summary>
    public required bool WholePicture { get; init; }

    /// <summary>Rows and columns of patches where the encoder reads patches.</summary>
    public required int[]? Patches { get; init; }

    public required int VisualTokens { get; init; }

    /// <summary>Those among the visual tokens that come from no place of the picture: row ends, class tokens.</summary>
    public required int SpecialTokens { get; init; }

    /// <summary>Rows and columns of visual tokens of each part of the picture.</summary>
    public required int[][] Grids { get; init; }

    /// <summary>Looks at a picture through a model's processor.</summary>
    public static PictureViewOutput Of(string file, Image image, MultimodalModel model, ProcessedImages processed)
    {
        using var input = model.Prepare([VisualItem.Of(image)]);
        var view = processed.Images[0];
        var tokens = Enumerable.Range(0, input.Geometry.Count).Select(index => input.Geometry[index]);
        return new PictureViewOutput
        {
            File = file,
            Width = image.Width,
            Height = image.Height,
            Family = model.Family,
            EncoderInput = [.. Enumerable.Range(0, processed.Pixels.Shape.Rank).Select(axis => processed.Pixels.Shape[axis])],
            Tiles = view.Grid is null ? view.TileCount : 1,
            TileRows = view.TileRows,
            TileColumns = view.TileColumns,
            WholePicture = view.HasBase || view.HasThumbnail,
            Patches = view.Grid is { } grid ? [grid.Rows, grid.Columns] : null,
            VisualTokens = input.Geometry.Count,
            SpecialTokens = tokens.Count(token => token.Kind != VisualTokenKind.Patch),
            Grids = [.. input.Geometry.Grids.Select(part => new[] { part.Rows, part.Columns })],
        };
    }

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OutputJson.Plain.PictureViewOutput);
}
