using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Autograd;

/// <summary>The memory of one thread of <see cref="AttentionSlopes"/>, cut into its parts.</summary>
internal readonly unsafe struct AttentionSlopesScratch
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 96;

    /// <summary>Queries of a block: [BlockRows][headSize].</summary>
    public readonly float* Queries;

    /// <summary>Gradients of its results, alike.</summary>
    public readonly float* Gradients;

    /// <summary>All keys of a head in panels of columns.</summary>
    public readonly float* PackedKeys;

    /// <summary>All values, alike.</summary>
    public readonly float* PackedValues;

    /// <summary>[rows][keys].</summary>
    public readonly float* Probabilities;

    /// <summary>[rows][keys].</summary>
    public readonly float* Slopes;

    /// <summary>A factor in panels of rows.</summary>
    public readonly float* Left;

    /// <summary>A factor in panels of columns.</summary>
    public readonly float* Right;

    /// <summary>[rows or keys][headSize].</summary>
    public readonly float* Products;

    /// <summary>Cuts memory of <see cref="Length"/> numbers.</summary>
    public AttentionSlopesScratch(float* memory, int headSize, int keys)
    {
        long wide = Padded(keys, Panels.Columns), block = (long)BlockRows * wide;
        Queries = memory;
        Gradients = Queries + ((long)BlockRows * headSize);
        PackedKeys = Gradients + ((long)BlockRows * headSize);
        PackedValues = PackedKeys + (wide * headSize);
        Probabilities = PackedValues + (wide * headSize);
        Slopes = Probabilities + block;
        Left = Slopes + block;
        Right = Left + Math.Max(BlockRows * (wide + Panels.Rows), (long)BlockRows * headSize);
        Products = Right + (Padded(headSize, Panels.Columns) * Math.Max(wide, BlockRows));
    }

    /// <summary>Numbers that the memory must hold for so many keys or fewer.</summary>
    public static int Length(int headSize, int keys)
    {
        var end = new AttentionSlopesScratch(null, headSize, keys).Products;
        return checked((int)(((long)end / sizeof(float)) + (headSize * Math.Max(Padded(keys, Panels.Columns), BlockRows))));
    }

    private static long Padded(int count, int width) => (long)Panels.Count(count, width) * width;
}
