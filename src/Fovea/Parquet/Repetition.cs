namespace Fovea.Parquet;

/// <summary>How often a field is there: once, at most once, any number of times; the numbers are those of the format.</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}
