namespace Fovea.Training.Scenes;

/// <summary>A question about a scene.</summary>
/// <param name="Kind">color, shape, count, exist, where, relation, size, ocr or caption.</param>
/// <param name="Text">The question.</param>
/// <param name="Answer">Its answer.</param>
public sealed record SceneQuestion(string Kind, string Text, string Answer);
