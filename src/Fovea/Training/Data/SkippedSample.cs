namespace Fovea.Training.Data;

/// <summary>A sample that is not learnt.</summary>
/// <param name="File">The file, or what stands for it.</param>
/// <param name="Id">Its id, or # and its number from 0.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedSample(string File, string Id, string Reason);
