namespace Fovea.Text.Templates;

/// <summary>Attributes as filters name them: a path with dots, where all-digit parts are indices.</summary>
internal static class AttributePath
{
    /// <summary>Follows a path from an item.</summary>
    /// <param name="renderer">The rendering.</param>
    /// <param name="item">Where to start.</param>
    /// <param name="attribute">The path as a text, or an index.</param>
    /// <param name="absent">Takes the place of a part that is undefined; null = none.</param>
    public static object? Get(Renderer renderer, object? item, object? attribute, object? absent = null)
    {
        foreach (object? part in attribute is string path ? path.Split('.').Select(Part) : [attribute])
        {
            item = renderer.Item(item, part);
            if (absent is not null && item is Undefined)
            {
                item = absent;
            }
        }

        return item;
    }

    private static object? Part(string text) => text.Length is > 0 and < 10 && text.All(char.IsAsciiDigit) ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : text;
}
