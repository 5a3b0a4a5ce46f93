namespace Fovea.Golden;

/// <summary>A value differs from the reference; the message names the first one that does.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
