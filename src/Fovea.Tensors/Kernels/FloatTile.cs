using System.Runtime.InteropServices;

namespace Fovea.Tensors.Kernels;

/// <summary>What the innermost f32 product needs: block sums of up to 12 packed rows with up to 32 columns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FloatTile
{
    /// <summary>A, k-major: [k][12] numbers, or pairs of bf16 where those are multiplied, or rows that are not packed.</summary>
    public float* A;

    /// <summary>B, k-major: k rows of 32 numbers or pairs of bf16.</summary>
    public float* B;

    /// <summary>Bytes from one row of B to the next.</summary>
    public long StrideOfB;

    /// <summary>Steps, of which a row of pairs that are widened holds two; none leaves sums of zero.</summary>
    public long Steps;

    /// <summary>C, 32 numbers of each row.</summary>
    public float* C;

    /// <summary>Bytes from one row of C to the next.</summary>
    public long StrideOfC;

    /// <summary>Whether the sums are added to C (not zero) or put there.</summary>
    public long Adds;

    /// <summary>What is asked for on the way, for a later tile; any address.</summary>
    public byte* Ahead;

    /// <summary>Bytes by which that moves on every <see cref="FloatRoutines.StepsAtOnce"/> steps.</summary>
    public long StrideAhead;

    /// <summary>How many of the 12 rows are written.</summary>
    public int Rows;

    /// <summary>How many of the 32 columns are written.</summary>
    public int Columns;

    /// <summary>What the operands hold. Some are read by assembled code alone.</summary>
    public TileFormat Format;

    /// <summary>Lets the tile ask for memory on its way; where nothing is wanted, for what is at hand.</summary>
    public void AskFor(Ahead ahead)
    {
        Ahead = ahead.Length > 0 ? ahead.Start : (byte*)B;
        StrideAhead = ahead.Length * FloatRoutines.StepsAtOnce / Math.Max(1, Steps);
    }
}
