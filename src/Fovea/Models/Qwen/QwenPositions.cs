using Fovea.Nn;

namespace Fovea.Models.Qwen;

/// <summary>
/// Positions on three axes (arXiv 2409.12191): text counts on all three; a picture or video starts where the text stands and spreads over time, rows and columns;
/// what follows goes on behind the largest coordinate used.
/// </summary>
internal static class QwenPositions
{
    /// <summary>Positions of new tokens.</summary>
    /// <param name="ids">The expanded ids.</param>
    /// <param name="isVisual">Whether an id is a visual token.</param>
    /// <param name="geometry">The visual tokens among them, in order. Tokens of one item that follow each other share their start; a video that text cuts into frames starts anew after each text.</param>
    /// <param name="start">The first position.</param>
    public static TokenPosition[] Of(ReadOnlySpan<int> ids, Func<int, bool> isVisual, Geometry geometry, int start)
    {
        var positions = new TokenPosition[ids.Length];
        int next = start, visual = 0;
        for (int i = 0; i < ids.Length;)
        {
            if (!isVisual(ids[i]))
            {
                positions[i++] = TokenPosition.At(next++);
                continue;
            }

            int image = geometry[visual].Image, largest = next;
            for (; i < ids.Length && isVisual(ids[i]) && visual < geometry.Count && geometry[visual].Image == image; i++, visual++)
            {
                var token = geometry[visual];
                positions[i] = new TokenPosition(next + geometry.Grids[token.Grid].Time, next + token.Row, next + token.Column);
                largest = Math.Max(largest, positions[i].Max);
            }

            next = largest + 1;
        }

        return positions;
    }
}
