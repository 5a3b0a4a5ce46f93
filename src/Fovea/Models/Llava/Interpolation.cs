namespace Fovea.Models.Llava;

/// <summary>Bilinear resizing of a grid of tokens, half-pixel centres, no antialiasing, in f32.</summary>
internal static class Interpolation
{
    /// <summary>For each output place the input places and weights along one axis; equal lengths give the identity.</summary>
    public static (int Place, float Weight)[][] Axis(int length, int target)
    {
        var axis = new (int, float)[target][];
        float scale = (float)length / target;
        for (int i = 0; i < target; i++)
        {
            float source = Math.Max((scale * (i + 0.5f)) - 0.5f, 0);
            int low = Math.Min((int)source, length - 1), high = Math.Min(low + 1, length - 1);
            float fraction = source - low;
            axis[i] = length == target || high == low || fraction == 0 ? [(length == target ? i : low, 1)] : [(low, 1 - fraction), (high, fraction)];
        }

        return axis;
    }

    /// <summary>The product of a row's and a column's weights.</summary>
    public static (int Row, float Weight)[] Mix((int Place, float Weight)[] row, (int Place, float Weight)[] column, Func<int, int, int> feature) =>
        [.. row.SelectMany(y => column.Select(x => (feature(y.Place, x.Place), y.Weight * x.Weight)))];
}
