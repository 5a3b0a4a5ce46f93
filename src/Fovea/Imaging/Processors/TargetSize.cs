namespace Fovea.Imaging.Processors;

/// <summary>A size as checkpoints write it; what is not given is 0.</summary>
internal readonly record struct TargetSize
{
    public int Height { get; init; }

    public int Width { get; init; }

    /// <summary>The length of the short side; in the Qwen models the smallest area.</summary>
    public long ShortestEdge { get; init; }

    /// <summary>In the Qwen models the largest area.</summary>
    public long LongestEdge { get; init; }

    public bool IsExact => Height > 0 && Width > 0;

    public ImageSize Exact => new(Height, Width);

    public static TargetSize Edge(int edge) => new() { ShortestEdge = edge };

    public static TargetSize Square(int side) => new() { Height = side, Width = side };
}
