namespace Fovea.Parquet;

/// <summary>Takes the values of a row apart into its columns; the counterpart of <see cref="RecordReader"/>, and takes values in the same forms.</summary>
/// <param name="columns">All columns of the file.</param>
internal sealed class RecordWriter(ColumnBuffer[] columns)
{
    /// <summary>Writes the value of a field.</summary>
    /// <param name="node">The field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="repetition">The repetition level of the first value below.</param>
    /// <exception cref="ArgumentException">The value has not the form of the field.</exception>
    public void Write(SchemaNode node, object? value, int repetition = 0)
    {
        if (node.Repetition == Repetition.Repeated)
        {
            WriteElements(node, value as object?[] ?? throw Unfit(node, value), repetition);
        }
        else if (value is not null)
        {
            WriteValue(node, value, repetition);
        }
        else if (node.Repetition == Repetition.Optional)
        {
            WriteAbsent(node, repetition);
        }
        else
        {
            throw Unfit(node, value);
        }
    }

    private void WriteElements(SchemaNode node, object?[] elements, int repetition)
    {
        if (elements.Length == 0)
        {
            WriteAbsent(node, repetition);
        }

        foreach (var (i, element) in elements.Index())
        {
            WriteValue(node, element, i == 0 ? repetition : node.RepetitionLevel);
        }
    }

    private void WriteValue(SchemaNode node, object? value, int repetition)
    {
        if (node.IsTransparent)
        {
            Write(node.Children[0], value, repetition);
        }
        else if (node.IsLeaf)
        {
            columns[node.FirstColumn].Add(repetition, value ?? throw Unfit(node, value));
        }
        else if (value is object?[] fields && fields.Length == node.Children.Count)
        {
            foreach (var (child, field) in node.Children.Zip(fields))
            {
                Write(child, field, repetition);
            }
        }
        else
        {
            throw Unfit(node, value);
        }
    }

    private void WriteAbsent(SchemaNode node, int repetition)
    {
        for (int i = 0; i < node.Columns; i++)
        {
            columns[node.FirstColumn + i].AddAbsent(repetition, node.DefinitionLevel - 1);
        }
    }

    private static ArgumentException Unfit(SchemaNode node, object? value) => new($"{value?.GetType().Name ?? "null"} is no value of the field {node.Path}.");
}
