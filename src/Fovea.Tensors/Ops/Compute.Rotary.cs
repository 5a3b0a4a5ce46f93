namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>
    /// Rotary embedding by half rotation, in place: for each head and i &lt; d/2,
    /// (x_i, x_{i+d/2}) ← (x_i cos_i − x_{i+d/2} sin_i, x_{i+d/2} cos_i + x_i sin_i).
    /// </summary>
    /// <param name="x">[tokens, heads · d].</param>
    /// <param name="cos">[tokens, d/2], any attention factor already multiplied in.</param>
    /// <param name="sin">[tokens, d/2].</param>
    public void Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        int half = cos.RowLength;
        for (int r = 0; r < x.Rows; r++)
        {
            var row = x.Row<float>(r);
            var c = cos.Row<float>(r);
            var s = sin.Row<float>(r);
            for (int h = 0; h < row.Length; h += 2 * half)
            {
                for (int i = 0; i < half; i++)
                {
                    float a = row[h + i], b = row[h + i + half];
                    row[h + i] = (a * c[i]) - (b * s[i]);
                    row[h + i + half] = (b * c[i]) + (a * s[i]);
                }
            }
        }
    }
}
