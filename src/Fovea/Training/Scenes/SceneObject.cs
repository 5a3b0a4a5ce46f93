namespace Fovea.Training.Scenes;

/// <summary>A shape in a scene.</summary>
/// <param name="Shape">Its name, such as "ring".</param>
/// <param name="Color">The name of its colour.</param>
/// <param name="IsLarge">Large or small.</param>
/// <param name="X">Its centre, in pixels.</param>
/// <param name="Y">Its centre, in pixels.</param>
/// <param name="Radius">Half its side, in pixels.</param>
/// <param name="Red">Its colour as drawn.</param>
/// <param name="Green">Its colour as drawn.</param>
/// <param name="Blue">Its colour as drawn.</param>
public sealed record SceneObject(string Shape, string Color, bool IsLarge, int X, int Y, int Radius, byte Red, byte Green, byte Blue)
{
    /// <summary>"small" or "large".</summary>
    public string Size => ScenePalette.Sizes[IsLarge ? 1 : 0];

    /// <summary>Colour and shape.</summary>
    public string Name => $"{Color} {Shape}";
}
