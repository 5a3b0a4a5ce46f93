using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>
/// Puts the values of a field together from its columns. A value is null, bool, int, long, float, double, string, <c>byte[]</c> (byte arrays that are no text,
/// and INT96), or <c>object?[]</c>: the elements of a list, or the fields of a group in their order; a map is a list of groups.
/// </summary>
/// <param name="field">The field of a row.</param>
/// <param name="columns">Its columns, of one row group.</param>
/// <param name="limit">Bytes that the values of a row may have together; entries of a dictionary count as often as they are referred to.</param>
/// <remarks>Source: "Dremel: Interactive Analysis of Web-Scale Datasets" (VLDB 2010), the meaning of the levels.</remarks>
internal sealed class RecordReader(SchemaNode field, ColumnValues[] columns, int limit)
{
    private readonly int[] _next = new int[columns.Length];
    private long _bytes;

    /// <summary>The value of a row.</summary>
    /// <exception cref="InvalidDataException">The levels of the columns contradict each other, a text is no UTF-8, or the row is over the limit.</exception>
    public object? Read(int row)
    {
        _bytes = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            _next[i] = columns[i].StartOf(row);
        }

        object? value = Field(field);
        for (int i = 0; i < columns.Length; i++)
        {
            Require(_next[i] == columns[i].StartOf(row + 1));
        }

        return value;
    }

    private object? Field(SchemaNode node) => node.Repetition switch
    {
        Repetition.Required => Value(node),
        Repetition.Optional => IsThere(node) ? Value(node) : Absent(node, null),
        _ => IsThere(node) ? Elements(node) : Absent(node, Array.Empty<object?>()),
    };

    private object? Value(SchemaNode node)
    {
        if (node.IsLeaf)
        {
            int column = node.FirstColumn - field.FirstColumn, index = _next[column]++;
            Require(index < columns[column].Count && columns[column].Definition(index) == node.DefinitionLevel);
            var bytes = columns[column][index];
            _bytes += bytes.Length;
            return _bytes <= limit ? ValueOf(node, bytes.Span) : throw new InvalidDataException($"a row has values of more than {limit} bytes");
        }

        if (node.IsTransparent)
        {
            return Field(node.Children[0]);
        }

        object?[] values = new object?[node.Children.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Field(node.Children[i]);
        }

        return values;
    }

    private object?[] Elements(SchemaNode node)
    {
        var elements = new List<object?>();
        do
        {
            elements.Add(Value(node));
        }
        while (Agree(node, (column, index) => index < column.Count && column.Repetition(index) == node.RepetitionLevel));

        return [.. elements];
    }

    private bool IsThere(SchemaNode node) => Agree(node, (column, index) => index < column.Count && column.Definition(index) >= node.DefinitionLevel);

    /// <summary>Goes past the one place that every column below keeps for what is null or empty.</summary>
    private object? Absent(SchemaNode node, object? value)
    {
        for (int i = 0; i < node.Columns; i++)
        {
            _next[node.FirstColumn - field.FirstColumn + i]++;
        }

        return value;
    }

    /// <summary>What the columns below a field say of their next values, which is the same for all.</summary>
    private bool Agree(SchemaNode node, Func<ColumnValues, int, bool> says)
    {
        int first = node.FirstColumn - field.FirstColumn;
        bool all = says(columns[first], _next[first]);
        for (int i = first + 1; i < first + node.Columns; i++)
        {
            Require(says(columns[i], _next[i]) == all);
        }

        return all;
    }

    private static object ValueOf(SchemaNode leaf, ReadOnlySpan<byte> bytes) => leaf.Type switch
    {
        PhysicalType.Boolean => bytes[0] != 0,
        PhysicalType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        PhysicalType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        PhysicalType.Float => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        PhysicalType.Double => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        _ => leaf.Annotation == Annotation.String ? Utf8Text.Read(bytes) : bytes.ToArray(),
    };

    private static void Require(bool agrees)
    {
        if (!agrees)
        {
            throw new InvalidDataException("the levels of its columns contradict each other");
        }
    }
}
