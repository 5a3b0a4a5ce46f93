using Fovea.Imaging;

namespace Fovea.Training.Scenes;

/// <summary>Draws scenes.</summary>
public static class SceneRenderer
{
    private const int Canvas = ScenePalette.Canvas;

    /// <summary>Parts of a unit pixel, in which shapes are measured.</summary>
    private const int Unit = 16;

    /// <summary>Draws a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="scale">Pixels per unit pixel: 1, 2 or 4.</param>
    /// <returns>A picture of 96 · <paramref name="scale"/> pixels a side.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another scale.</exception>
    public static Image Render(Scene scene, int scale = 1)
    {
        if (scale is not (1 or 2 or 4))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale must be 1, 2 or 4.");
        }

        int side = Canvas * scale;
        byte[] rgb = new byte[side * side * 3];
        Background(scene, rgb, scale);
        foreach (var item in scene.Objects)
        {
            Object(item, rgb, scale);
        }

        if (scene.Sign is { } sign)
        {
            Sign(sign, rgb, scale);
        }

        return new Image(side, side, rgb);
    }

    private static void Background(Scene scene, byte[] rgb, int scale)
    {
        const int Cells = Canvas / 4;
        var random = new SceneRandom(scene.TextureSeed);
        int amplitude = scene.TextureAmplitude;
        int[] texture = [.. Enumerable.Range(0, Cells * Cells).Select(_ => amplitude > 0 ? random.Between(-amplitude, amplitude) : 0)];
        for (int pixel = 0; pixel < rgb.Length / 3; pixel++)
        {
            int x = pixel % (Canvas * scale) / scale, y = pixel / (Canvas * scale) / scale;
            int gradient = (scene.GradientX * (x - (Canvas / 2))) + (scene.GradientY * (y - (Canvas / 2)));
            int light = FloorDivide(gradient, Canvas) + texture[(y / 4 * Cells) + (x / 4)];
            for (int channel = 0; channel < 3; channel++)
            {
                rgb[(3 * pixel) + channel] = Scene.Clip(scene.Background[channel] + light);
            }
        }
    }

    private static void Object(SceneObject item, byte[] rgb, int scale)
    {
        int step = Unit / scale, side = Canvas * scale;
        int centerX = (Unit * item.X) + (Unit / 2), centerY = (Unit * item.Y) + (Unit / 2);
        for (int y = (item.Y - item.Radius) * scale; y < (item.Y + item.Radius + 1) * scale; y++)
        {
            for (int x = (item.X - item.Radius) * scale; x < (item.X + item.Radius + 1) * scale; x++)
            {
                int left = (x * step) - centerX, top = (y * step) - centerY, covered = 0;
                for (int sample = 0; sample < 4; sample++)
                {
                    int dx = left + (step / 4 * (sample % 2 == 0 ? 1 : 3)), dy = top + (step / 4 * (sample < 2 ? 1 : 3));
                    covered += IsInside(item, dx, dy) ? 1 : 0;
                }

                Blend(rgb.AsSpan(3 * ((y * side) + x), 3), item, covered);
            }
        }
    }

    private static void Blend(Span<byte> pixel, SceneObject item, int covered)
    {
        pixel[0] = (byte)(((pixel[0] * (4 - covered)) + (item.Red * covered) + 2) >> 2);
        pixel[1] = (byte)(((pixel[1] * (4 - covered)) + (item.Green * covered) + 2) >> 2);
        pixel[2] = (byte)(((pixel[2] * (4 - covered)) + (item.Blue * covered) + 2) >> 2);
    }

    private static bool IsInside(SceneObject item, int dx, int dy)
    {
        int radius = (Unit * item.Radius) + (Unit / 2), ax = Math.Abs(dx), ay = Math.Abs(dy), square = (dx * dx) + (dy * dy);
        return item.Shape switch
        {
            "circle" => square <= radius * radius,
            "square" => 8 * ax <= 7 * radius && 8 * ay <= 7 * radius,
            "triangle" => 8 * dy <= 7 * radius && 15 * ax <= 8 * (dy + radius),
            "star" => ScenePalette.StarNormals.Count(normal => (normal.X * dx) + (normal.Y * dy) <= ScenePalette.StarDistance * radius) >= 4,
            "cross" => (3 * ax <= radius && ay <= radius) || (3 * ay <= radius && ax <= radius),
            "ring" => square <= radius * radius && 256 * square >= 81 * radius * radius,
            _ => throw new ArgumentException($"There is no shape {item.Shape}."),
        };
    }

    private static void Sign(SceneSign sign, byte[] rgb, int scale)
    {
        var (plate, ink) = ScenePalette.Signs[sign.Style];
        Rectangle(rgb, scale, sign.X, sign.Y, sign.Width, SceneSign.Height, ink);
        Rectangle(rgb, scale, sign.X + 1, sign.Y + 1, sign.Width - 2, SceneSign.Height - 2, plate);
        for (int i = 0; i < sign.Text.Length; i++)
        {
            var glyph = ScenePalette.Glyph(sign.Text[i]);
            for (int dot = 0; dot < glyph.Length * 5; dot++)
            {
                if ((glyph[dot / 5] >> (4 - (dot % 5)) & 1) == 1)
                {
                    Rectangle(rgb, scale, sign.X + 4 + (12 * i) + (2 * (dot % 5)), sign.Y + 4 + (2 * (dot / 5)), 2, 2, ink);
                }
            }
        }
    }

    private static void Rectangle(byte[] rgb, int scale, int x, int y, int width, int height, byte[] color)
    {
        for (int row = y * scale; row < (y + height) * scale; row++)
        {
            for (int column = x * scale; column < (x + width) * scale; column++)
            {
                color.CopyTo(rgb, 3 * ((row * Canvas * scale) + column));
            }
        }
    }

    private static int FloorDivide(int a, int b) => (int)Math.Floor((double)a / b);
}
