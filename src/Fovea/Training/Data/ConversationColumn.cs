using System.Text.Json;
using Fovea.Parquet;

namespace Fovea.Training.Data;

/// <summary>The conversations of a Parquet file: a list of groups with <c>from</c> and <c>value</c>, or the same as JSON in a text.</summary>
internal sealed class ConversationColumn
{
    private const string Name = "conversations", From = "from", Text = "value";

    private readonly ParquetColumn _column;
    private readonly int _from = -1;
    private readonly int _value = -1;

    /// <exception cref="InvalidDataException">The file has no such column, or the column is something else.</exception>
    public ConversationColumn(ParquetReader reader)
    {
        _column = reader.Column(Name) ?? throw new InvalidDataException($"{reader.Path}: there is no column {Name} among {string.Join(", ", reader.Schema.Fields.Select(field => field.Name))}");
        if (_column.Field is { IsList: true, Element: { IsTransparent: false } turn })
        {
            (_from, _value) = (turn.IndexOfText(From), turn.IndexOfText(Text));
        }

        if (_column.Field is not { IsList: false, IsText: true } && (_from < 0 || _value < 0))
        {
            throw new InvalidDataException($"{reader.Path}: the column {Name} is neither a list of groups with the texts {From} and {Text} nor a text that is JSON");
        }
    }

    /// <summary>What a row holds; the file is whole there.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public object? Read(long row) => _column.Read(row);

    /// <summary>The turns of what a row holds.</summary>
    /// <exception cref="InvalidDataException">There is no conversation, or a turn has not both texts.</exception>
    public ConversationTurn[] Turns(object? value) => value switch
    {
        string json => Parse(json),
        object?[] { Length: > 0 } turns => [.. turns.Select((turn, i) => Turn(turn as object?[] ?? [], i))],
        _ => throw ConversationJson.NoTurns(),
    };

    private ConversationTurn Turn(object?[] turn, int index) => new(TextOf(turn, _from, From, index), TextOf(turn, _value, Text, index));

    private static string TextOf(object?[] turn, int field, string name, int index) => turn.ElementAtOrDefault(field) as string ?? throw ConversationJson.NoText(name, index);

    private static ConversationTurn[] Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return ConversationJson.Turns(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its conversations are not valid JSON: {error.Message}", error);
        }
    }
}
