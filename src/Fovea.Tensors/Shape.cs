using System.Runtime.CompilerServices;

namespace Fovea.Tensors;

/// <summary>The extents of a tensor, outermost first; at most six. Equality compares rank and extents.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The largest rank that exists in supported checkpoints (a video patch embedding has five).</summary>
    public const int MaxRank = 6;

    private readonly Extents _extents;

    /// <summary>Creates a shape.</summary>
    /// <exception cref="ArgumentException">More than six extents, or a negative one.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        if (extents.Length > MaxRank)
        {
            throw new ArgumentException($"A shape has at most {MaxRank} extents, not {extents.Length}.", nameof(extents));
        }

        long count = 1;
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 0)
            {
                throw new ArgumentException($"Extent {i} is {extents[i]}; extents are not negative.", nameof(extents));
            }

            _extents[i] = extents[i];
            count = checked(count * extents[i]);
        }

        Rank = extents.Length;
        Count = count;
    }

    /// <summary>The number of extents.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of the extents, 1 for rank 0.</summary>
    public long Count { get; }

    /// <summary>Extent <paramref name="axis"/>; negative axes count from the end.</summary>
    public int this[int axis]
    {
        get
        {
            int index = axis < 0 ? axis + Rank : axis;
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(axis));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Rank, nameof(axis));
            return _extents[index];
        }
    }

    /// <summary>The extents as an array.</summary>
    public int[] ToArray()
    {
        var extents = new int[Rank];
        for (int i = 0; i < Rank; i++)
        {
            extents[i] = _extents[i];
        }

        return extents;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank)
        {
            return false;
        }

        for (int i = 0; i < Rank; i++)
        {
            if (_extents[i] != other._extents[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rank, Count);

    /// <summary>The extents in brackets, such as <c>[576, 1024]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";

    /// <summary>Compares rank and extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Compares rank and extents.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(MaxRank)]
    private struct Extents
    {
        private int _first;
    }
}
