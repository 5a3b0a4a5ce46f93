namespace Fovea.Training.Scenes;

/// <summary>What can be said of the objects of a scene without doubt: names, places, directions.</summary>
internal sealed class SceneReferences(Scene scene)
{
    private static readonly string[][] Places =
        [["top left", "top", "top right"], ["left", "center", "right"], ["bottom left", "bottom", "bottom right"]];

    /// <summary>The relations, by index: left, right, above, below.</summary>
    public static IReadOnlyList<string> Relations { get; } = ["to the left of", "to the right of", "above", "below"];

    /// <summary>A noun with its article.</summary>
    public static string WithArticle(string noun) => $"{("aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a")} {noun}";

    /// <summary>Expressions that fit an object and nothing else in the scene.</summary>
    public List<string> Of(SceneObject item, bool withColor = true, bool withShape = true)
    {
        (bool UsesColor, bool UsesShape, string Text, Func<SceneObject, bool> Fits)[] all =
        [
            (false, true, item.Shape, other => other.Shape == item.Shape),
            (true, false, $"{item.Color} shape", other => other.Color == item.Color),
            (true, true, item.Name, other => other.Name == item.Name),
            (false, true, $"{item.Size} {item.Shape}", other => other.IsLarge == item.IsLarge && other.Shape == item.Shape),
            (true, false, $"{item.Size} {item.Color} shape", other => other.IsLarge == item.IsLarge && other.Color == item.Color),
        ];
        return [.. all.Where(entry => (withColor || !entry.UsesColor) && (withShape || !entry.UsesShape) && scene.Objects.Count(entry.Fits) == 1).Select(entry => entry.Text)];
    }

    /// <summary>Those without a size.</summary>
    public List<string> Plain(SceneObject item) => [.. Of(item).Where(text => !ScenePalette.Sizes.Any(size => text.StartsWith(size + ' ', StringComparison.Ordinal)))];

    /// <summary>Where a point is; none too near a border between thirds.</summary>
    public static string? Place(int x, int y) => Third(y) is { } row && Third(x) is { } column ? Places[row][column] : null;

    /// <summary>The index of the relation that <paramref name="a"/> has to <paramref name="b"/>; none if it is unclear.</summary>
    public static int? Direction(SceneObject a, SceneObject b)
    {
        int dx = a.X - b.X, dy = a.Y - b.Y;
        return 4 * Math.Abs(dx) >= 5 * Math.Abs(dy) ? (dx < 0 ? 0 : 1)
            : 4 * Math.Abs(dy) >= 5 * Math.Abs(dx) ? (dy < 0 ? 2 : 3)
            : null;
    }

    private static int? Third(int place)
    {
        const int Length = ScenePalette.Canvas / 3, Border = 3;
        for (int third = 0; third < 3; third++)
        {
            if ((third == 0 || place >= (Length * third) + Border) && (third == 2 || place < (Length * (third + 1)) - Border))
            {
                return third;
            }
        }

        return null;
    }
}
