using System.Text.Json;

namespace Fovea.Text;

/// <summary>What a rendering gets besides the messages.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>Which of several named templates to use; null = the one for tools if tools are given and it exists, else the default one.</summary>
    public string? Name { get; init; }

    /// <summary>The tools, a JSON list of objects; null = none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>The documents, a JSON list of objects; null = none.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Further variables. One with the name of a special token replaces it.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>End the prompt inside the last message, so that the model goes on with it.</summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The local time for templates that print the date; null = now.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Keep no range for a generation block that is the very first output, as transformers does by mistake.</summary>
    public bool SkipsFirstGenerationRange { get; init; }

    /// <summary>Ends a rendering early.</summary>
    public CancellationToken Cancellation { get; init; }
}
