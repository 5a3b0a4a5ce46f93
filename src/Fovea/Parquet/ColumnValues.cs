namespace Fovea.Parquet;

/// <summary>The values of a column in one row group, with their levels.</summary>
/// <param name="leaf">The column.</param>
internal sealed class ColumnValues(SchemaNode leaf)
{
    private readonly List<byte> _definition = [];
    private readonly List<byte> _repetition = [];
    private readonly List<ReadOnlyMemory<byte>> _values = [];
    private readonly List<int> _rows = [];

    /// <summary>How many values there are, nulls and empty lists counted.</summary>
    public int Count => _values.Count;

    /// <summary>How many rows they make.</summary>
    public int RowCount => leaf.RepetitionLevel == 0 ? Count : _rows.Count;

    /// <summary>The first value of a row; that of the row behind the last is the number of values.</summary>
    public int StartOf(int row) => leaf.RepetitionLevel == 0 ? row : row < _rows.Count ? _rows[row] : Count;

    public int Definition(int index) => leaf.DefinitionLevel == 0 ? 0 : _definition[index];

    public int Repetition(int index) => leaf.RepetitionLevel == 0 ? 0 : _repetition[index];

    /// <summary>The bytes of a value; none where it is null.</summary>
    public ReadOnlyMemory<byte> this[int index] => _values[index];

    /// <summary>Adds a page.</summary>
    /// <param name="repetition">Its repetition levels; none if all are 0.</param>
    /// <param name="definition">Its definition levels; none if all are 0.</param>
    /// <param name="values">The values that are not null.</param>
    /// <exception cref="InvalidDataException">The first row of the column does not begin with the first value.</exception>
    public void Add(ReadOnlySpan<byte> repetition, ReadOnlySpan<byte> definition, ReadOnlyMemory<byte>[] values)
    {
        if (repetition.Length > 0 && Count == 0 && repetition[0] != 0)
        {
            throw new InvalidDataException("it begins inside a row");
        }

        for (int i = 0; i < repetition.Length; i++)
        {
            if (repetition[i] == 0)
            {
                _rows.Add(Count + i);
            }
        }

        _repetition.AddRange(repetition);
        _definition.AddRange(definition);
        if (leaf.DefinitionLevel == 0)
        {
            _values.AddRange(values);
            return;
        }

        int next = 0;
        foreach (byte level in definition)
        {
            _values.Add(level == leaf.DefinitionLevel ? values[next++] : default);
        }
    }
}
