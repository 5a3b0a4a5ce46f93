namespace Fovea.Evaluation;

/// <summary>One question of a set.</summary>
/// <param name="Id">Its name, unique in the set.</param>
/// <param name="Image">Path of the picture file.</param>
/// <param name="Kind">What kind of question it is; accuracy is counted by kind.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The right answer.</param>
public sealed record EvaluationQuestion(string Id, string Image, string Kind, string Question, string Answer);
