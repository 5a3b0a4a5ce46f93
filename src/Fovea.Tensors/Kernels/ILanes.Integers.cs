namespace Fovea.Tensors.Kernels;

/// <content>Lanes read as 32-bit integers or as two 16-bit ones, for stored numbers that are not f32.</content>
internal unsafe partial interface ILanes<TSelf>
{
    /// <summary>The bits that are set in both.</summary>
    static abstract TSelf And(TSelf x, uint bits);

    /// <summary>The bits that are set in either.</summary>
    static abstract TSelf Or(TSelf x, TSelf y);

    /// <summary>The sum of 32-bit integers, which wraps around.</summary>
    static abstract TSelf AddIntegers(TSelf x, TSelf y);

    /// <summary>The greater of signed 32-bit integers.</summary>
    static abstract TSelf MaxIntegers(TSelf x, TSelf y);

    /// <summary>Bits moved to the higher end, zeros behind them.</summary>
    static abstract TSelf ShiftLeft(TSelf x, int count);

    /// <summary>Bits moved to the lower end, zeros before them.</summary>
    static abstract TSelf ShiftRight(TSelf x, int count);

    /// <summary>Each 16 bits moved to the lower end, copies of their sign before them.</summary>
    static abstract TSelf ShiftRightPairs(TSelf x, int count);

    /// <summary>x₀·y₀ + x₁·y₁ + z for the two signed 16-bit halves of a lane of x and y and the 32-bit integer z.</summary>
    static abstract TSelf MultiplyAddPairs(TSelf x, TSelf y, TSelf z);

    /// <summary>The float nearest to the signed 32-bit integer, ties to even.</summary>
    static abstract TSelf FromIntegers(TSelf x);

    /// <summary>Writes the lowest byte of each lane.</summary>
    void StoreBytes(sbyte* destination);
}
