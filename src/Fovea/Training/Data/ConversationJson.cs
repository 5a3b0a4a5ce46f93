using System.Text.Json;

namespace Fovea.Training.Data;

/// <summary>A conversation as JSON has it: a list of objects with <c>from</c> and <c>value</c>.</summary>
internal static class ConversationJson
{
    /// <summary>The turns of a conversation.</summary>
    /// <exception cref="InvalidDataException">There is none, or a turn has not both texts.</exception>
    public static ConversationTurn[] Turns(JsonElement? conversation) => conversation is { ValueKind: JsonValueKind.Array } turns && turns.GetArrayLength() > 0
        ? [.. turns.EnumerateArray().Select((turn, i) => new ConversationTurn(Text(turn, "from", i), Text(turn, "value", i)))]
        : throw NoTurns();

    /// <summary>What is thrown for a sample without a conversation.</summary>
    public static InvalidDataException NoTurns() => new("it has no list of conversations");

    /// <summary>What is thrown for a turn in which a text is missing.</summary>
    public static InvalidDataException NoText(string key, int index) => new($"turn {index + 1} of its conversations has no {key}");

    /// <summary>A value of an object; none if it is no object or has no such value.</summary>
    public static JsonElement? Value(JsonElement sample, string key) => sample.ValueKind == JsonValueKind.Object && sample.TryGetProperty(key, out var value) ? value : null;

    private static string Text(JsonElement turn, string key, int index) =>
        Value(turn, key) is { ValueKind: JsonValueKind.String } text ? text.GetString() ?? "" : throw NoText(key, index);
}
