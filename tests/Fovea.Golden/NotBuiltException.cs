namespace Fovea.Golden;

/// <summary>The case belongs to a family, method or area that does not exist yet; it is skipped and counted.</summary>
public sealed class NotBuiltException(string what) : Exception($"{what} is not built yet");
