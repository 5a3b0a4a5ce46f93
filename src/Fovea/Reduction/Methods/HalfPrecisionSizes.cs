namespace Fovea.Reduction.Methods;

/// <summary>Sizes as orailix/PACT keeps them (<see cref="PactDefect.HalfPrecisionSizes"/>).</summary>
internal static class HalfPrecisionSizes
{
    /// <summary>The size whose logarithm is the reference's: both are rounded to half precision, in which sizes up to 2048 are exact.</summary>
    public static float Of(float size) => MathF.Exp((float)(Half)MathF.Log((float)(Half)size));
}
