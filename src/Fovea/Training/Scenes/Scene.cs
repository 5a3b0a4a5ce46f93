namespace Fovea.Training.Scenes;

/// <summary>
/// A small picture in parameters: a background, up to five shapes, perhaps a sign. All arithmetic is in integers, so that a seed gives the same picture
/// everywhere. The specification is <c>models/foveola/GENERATOR.md</c>.
/// </summary>
public sealed record Scene
{
    private const int Tries = 30;

    /// <summary>What it was drawn from.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Red, green and blue of the background at the centre.</summary>
    public required IReadOnlyList<byte> Background { get; init; }

    /// <summary>How the background grows brighter from left to right.</summary>
    public required int GradientX { get; init; }

    /// <summary>How the background grows brighter from top to bottom.</summary>
    public required int GradientY { get; init; }

    /// <summary>How much the squares of the background's texture differ; 0 = no texture.</summary>
    public required int TextureAmplitude { get; init; }

    /// <summary>What the texture is drawn from.</summary>
    public required ulong TextureSeed { get; init; }

    /// <summary>The sign, or none.</summary>
    public SceneSign? Sign { get; init; }

    /// <summary>The shapes, in the order in which they were placed; empty only if none fitted.</summary>
    public required IReadOnlyList<SceneObject> Objects { get; init; }

    /// <summary>Draws a scene.</summary>
    /// <param name="seed">Equal seeds give equal scenes.</param>
    /// <param name="mostObjects">At least 1; beside a sign there are at most four.</param>
    /// <param name="signPercent">How many scenes of a hundred have a sign.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one object, or a share outside 0 to 100.</exception>
    public static Scene Draw(ulong seed, int mostObjects = 5, int signPercent = 50)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostObjects, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(signPercent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signPercent, 100);
        var random = new SceneRandom(seed);
        byte[] background = Array.ConvertAll(random.Pick(ScenePalette.Backgrounds), channel => Clip(channel + random.Between(-8, 8)));
        int gradientX = random.Between(-16, 16), gradientY = random.Between(-16, 16);
        int amplitude = random.Chance(1, 2) ? random.Between(1, 4) : 0;
        ulong texture = random.Next();
        var sign = random.Chance(signPercent, 100) ? DrawSign(random) : null;
        return new Scene
        {
            Seed = seed,
            Background = background,
            GradientX = gradientX,
            GradientY = gradientY,
            TextureAmplitude = amplitude,
            TextureSeed = texture,
            Sign = sign,
            Objects = DrawObjects(random, sign, random.Between(1, sign is null ? mostObjects : Math.Min(mostObjects, 4))),
        };
    }

    /// <summary>0 to 255.</summary>
    internal static byte Clip(int value) => (byte)Math.Clamp(value, 0, 255);

    private static SceneSign DrawSign(SceneRandom random)
    {
        int roll = random.Below(100);
        string what = roll < 50 ? "number" : roll < 75 ? "word" : "letters";
        string text = what switch
        {
            "number" => Characters(random, '0', 10),
            "word" => random.Pick(ScenePalette.Words),
            _ => Characters(random, 'A', 26),
        };
        int x = 4 * random.Between(1, (94 - SceneSign.WidthOf(text)) / 4);
        int y = 4 * random.Between(1, (94 - SceneSign.Height) / 4);
        return new SceneSign(what, text, x, y, random.Below(2));
    }

    private static string Characters(SceneRandom random, char first, int count)
    {
        var text = new char[random.Between(1, 4)];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)(first + random.Below(count));
        }

        return new string(text);
    }

    private static List<SceneObject> DrawObjects(SceneRandom random, SceneSign? sign, int count)
    {
        var placed = new List<SceneObject>();
        for (int i = 0; i < count; i++)
        {
            string shape = placed.Count > 0 && random.Chance(1, 4) ? random.Pick(placed).Shape : random.Pick(ScenePalette.Shapes);
            string color = placed.Count > 0 && random.Chance(1, 4) ? random.Pick(placed).Color : random.Pick(ScenePalette.Colors);
            var place = Place(random, sign, placed, random.Below(2) == 1);
            byte[] palette = ScenePalette.ColorValues[IndexOf(ScenePalette.Colors, color)];
            byte[] rgb = Array.ConvertAll(palette, channel => Clip(channel + random.Between(-10, 10)));
            if (place is var (large, x, y, radius))
            {
                placed.Add(new SceneObject(shape, color, large, x, y, radius, rgb[0], rgb[1], rgb[2]));
            }
        }

        return placed;
    }

    /// <summary>A place for an object, which becomes small if it does not fit as a large one; none if it does not fit at all.</summary>
    private static (bool Large, int X, int Y, int Radius)? Place(SceneRandom random, SceneSign? sign, List<SceneObject> placed, bool wantsLarge)
    {
        foreach (bool large in wantsLarge ? [true, false] : new[] { false })
        {
            int radius = large ? random.Between(12, 15) : random.Between(7, 8);
            int low = (radius + 4) / 4, high = (94 - radius) / 4;
            for (int attempt = 0; attempt < Tries; attempt++)
            {
                int x = 4 * random.Between(low, high), y = 4 * random.Between(low, high);
                if (Fits(x, y, radius, sign, placed))
                {
                    return (large, x, y, radius);
                }
            }
        }

        return null;
    }

    private static bool Fits(int x, int y, int radius, SceneSign? sign, List<SceneObject> placed) =>
        placed.TrueForAll(other => Math.Max(Math.Abs(other.X - x), Math.Abs(other.Y - y)) >= other.Radius + radius + 3)
        && !(sign is not null && x + radius + 2 >= sign.X && x - radius - 2 < sign.X + sign.Width && y + radius + 2 >= sign.Y && y - radius - 2 < sign.Y + SceneSign.Height);

    private static int IndexOf(IReadOnlyList<string> list, string item) => list.Index().First(entry => entry.Item == item).Index;
}
