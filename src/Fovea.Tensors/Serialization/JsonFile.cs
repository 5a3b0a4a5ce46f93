using System.Text.Json;

namespace Fovea.Tensors.Serialization;

/// <summary>The configuration files of a checkpoint.</summary>
public static class JsonFile
{
    /// <summary>Parses a file whose whole content is one JSON value (RFC 8259) with all names and texts in well-formed Unicode, so that reading it later cannot fail for that.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not such a file; the message names file and reason.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JsonDocument Parse(string path)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(File.ReadAllBytes(path));
            CheckTexts(document.RootElement);
            return document;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            throw new InvalidDataException($"{path} is not valid JSON: {error.Message}", error);
        }
    }

    /// <summary>Decodes everything once; the parser leaves that to whoever asks. Its depth is limited by the parser's.</summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
        }
    }
}
