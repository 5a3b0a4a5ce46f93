namespace Fovea.Reduction;

/// <summary>One option of a method, as help shows it.</summary>
/// <param name="Name">The key in JSON, on the command line and in requests.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Default">Its default as text; empty = not set.</param>
/// <param name="Meaning">What it does, with its range.</param>
public sealed record OptionInfo(string Name, string Type, string Default, string Meaning);
