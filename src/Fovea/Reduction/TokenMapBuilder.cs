namespace Fovea.Reduction;

/// <summary>Collects a token map row by row.</summary>
public sealed class TokenMapBuilder
{
    private readonly int _inputs;
    private readonly List<int> _offsets = [0];
    private readonly List<int> _columns = [];
    private readonly List<float> _weights = [];
    private readonly List<int> _representatives = [];

    /// <summary>Starts an empty map.</summary>
    public TokenMapBuilder(int inputs) => _inputs = inputs;

    /// <summary>Rows so far.</summary>
    public int Rows => _representatives.Count;

    /// <summary>Adds an entry to the open row.</summary>
    public void Add(int column, float weight)
    {
        _columns.Add(column);
        _weights.Add(weight);
    }

    /// <summary>Closes the open row.</summary>
    public void EndRow(int representative)
    {
        _offsets.Add(_columns.Count);
        _representatives.Add(representative);
    }

    /// <summary>A row that is one input token.</summary>
    public void Keep(int column)
    {
        Add(column, 1);
        EndRow(column);
    }

    /// <summary>The rows of another map, its inputs standing from <paramref name="start"/> on.</summary>
    public void Append(TokenMap map, int start)
    {
        for (int row = 0; row < map.Outputs; row++)
        {
            for (int e = map.Offsets[row]; e < map.Offsets[row + 1]; e++)
            {
                Add(start + map.Columns[e], map.Weights[e]);
            }

            EndRow(start + map.Representatives[row]);
        }
    }

    /// <summary>The map.</summary>
    /// <exception cref="ArgumentException">As <see cref="TokenMap.Merge"/>.</exception>
    public TokenMap Build() => TokenMap.Merge(_inputs, [.. _offsets], [.. _columns], [.. _weights], [.. _representatives]);
}
