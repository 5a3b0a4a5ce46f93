namespace Fovea.Golden;

/// <summary>One golden case, ready to run.</summary>
/// <param name="Id">Path of the case below the root, with <c>#name</c> where a file holds many.</param>
/// <param name="Run">Returns if every expected value is met; throws <see cref="GoldenMismatchException"/> or <see cref="NotBuiltException"/> otherwise.</param>
public sealed record GoldenTest(string Id, Action Run)
{
    /// <summary>The id, so that test explorers show it.</summary>
    public override string ToString() => Id;
}
