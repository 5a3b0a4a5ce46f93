using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>The names of element types in a safetensors header.</summary>
internal static class SafetensorsType
{
    private static readonly Dictionary<string, ElementType> ByName =
        Enum.GetValues<ElementType>().ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The name in the file.</summary>
    public static string NameOf(ElementType type) => type switch
    {
        ElementType.Bool => "BOOL",
        ElementType.F8E4M3 => "F8_E4M3",
        ElementType.F8E5M2 => "F8_E5M2",
        _ => type.ToString(),
    };

    /// <summary>Finds a type by its name in the file.</summary>
    public static bool TryParse(string name, out ElementType type) => ByName.TryGetValue(name, out type);
}
