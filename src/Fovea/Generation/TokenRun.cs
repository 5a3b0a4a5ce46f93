using Fovea.Nn;
using Fovea.Reduction;

namespace Fovea.Generation;

/// <summary>
/// The rows of one sequence in a pass: where each stands, which visual token it is, how many tokens it stands for. <see cref="Apply"/> is the one place
/// where a token map changes them.
/// </summary>
internal sealed class TokenRun
{
    private TokenPosition[] _positions = [];
    private int[] _visual = [];
    private float[] _sizes = [];

    /// <summary>Rows.</summary>
    public int Count { get; private set; }

    /// <summary>Position of each row.</summary>
    public ReadOnlySpan<TokenPosition> Positions => _positions.AsSpan(0, Count);

    /// <summary>For each row the index of its visual token, or −1 for text.</summary>
    public ReadOnlySpan<int> Visual => _visual.AsSpan(0, Count);

    /// <summary>How many original tokens each row stands for; empty while all are one.</summary>
    public ReadOnlyMemory<float> Sizes => _sizes.Length == 0 ? default : _sizes.AsMemory(0, Count);

    /// <summary>The first row behind the last visual token.</summary>
    public int BehindVisual => Visual.LastIndexOfAnyExceptInRange(int.MinValue, -1) + 1;

    /// <summary>A prompt's rows.</summary>
    public void Set(TokenPosition[] positions, int[] visual, float[] sizes)
    {
        Count = positions.Length;
        _positions = positions;
        _visual = visual;
        _sizes = sizes;
    }

    /// <summary>One text row at <paramref name="position"/>. Allocates nothing the second time.</summary>
    public void SetSingle(int position)
    {
        if (_positions.Length == 0)
        {
            _positions = new TokenPosition[1];
            _visual = new int[1];
        }

        Count = 1;
        _positions[0] = TokenPosition.At(position);
        _visual[0] = -1;
        _sizes = [];
    }

    /// <summary>The rows that are visual tokens.</summary>
    public int[] VisualRows()
    {
        var rows = new List<int>();
        for (int row = 0; row < Count; row++)
        {
            if (_visual[row] >= 0)
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }

    /// <summary>Applies a map over all rows.</summary>
    public void Apply(TokenMap map, PositionPolicy positions, bool proportional)
    {
        int first = Count > 0 ? _positions[0].Temporal : 0;
        if (proportional && (_sizes.Length > 0 || !map.IsSelection || map.HasSizes))
        {
            var sizes = _sizes;
            if (sizes.Length == 0)
            {
                sizes = new float[Count];
                Array.Fill(sizes, 1);
            }

            _sizes = map.Sizes(sizes.AsSpan(0, Count));
        }

        _visual = map.AtRepresentatives<int>(Visual);
        _positions = map.PositionsOf(Positions);
        Count = map.Outputs;
        if (positions != PositionPolicy.Keep)
        {
            for (int row = 0; row < Count; row++)
            {
                _positions[row] = TokenPosition.At(first + row);
            }
        }
    }
}
