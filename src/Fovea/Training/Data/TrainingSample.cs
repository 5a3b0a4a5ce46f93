using Fovea.Imaging;

namespace Fovea.Training.Data;

/// <summary>A conversation to learn, with its pictures.</summary>
/// <param name="Turns">Human and gpt in turns.</param>
/// <param name="Pictures">In the order in which the turns show them.</param>
public sealed record TrainingSample(IReadOnlyList<ConversationTurn> Turns, IReadOnlyList<Image> Pictures);
