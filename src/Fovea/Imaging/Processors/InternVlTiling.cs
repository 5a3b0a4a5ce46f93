namespace Fovea.Imaging.Processors;

/// <summary>How many tiles InternVL may cut a picture into.</summary>
/// <param name="Fewest">At least so many.</param>
/// <param name="Most">At most so many.</param>
/// <param name="Thumbnail">Whether the whole picture follows where there is more than one tile.</param>
internal sealed record InternVlTiling(int Fewest, int Most, bool Thumbnail)
{
    // Far beyond any checkpoint; it bounds the grids that are tried for each picture.
    private const int Limit = 1024;

    public static InternVlTiling Read(ConfigReader config, string fewestKey, string mostKey, int most)
    {
        var tiling = new InternVlTiling((int)config.Integer(fewestKey, 1, 1, Limit), (int)config.Integer(mostKey, most, 1, Limit), Thumbnail: true);
        return tiling.Fewest <= tiling.Most ? tiling : throw config.Error(fewestKey, $"is {tiling.Fewest}, more than {mostKey} {tiling.Most}");
    }
}
