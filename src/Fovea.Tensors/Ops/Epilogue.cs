using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

/// <summary>
/// What follows a product y = x·Wᵀ + b, done part by part while the part is in the cache instead of in a pass of its own over memory; the bits are the same.
/// The default is nothing.
/// </summary>
public readonly struct Epilogue
{
    private Epilogue(EpilogueKind kind, Activation function, Tensor? other) => (Kind, Function, Other) = (kind, function, other);

    internal EpilogueKind Kind { get; }

    internal Activation Function { get; }

    internal Tensor? Other { get; }

    internal Tensor? Scale { get; private init; }

    /// <summary>Where the result of a product with the sums y ends up.</summary>
    internal Tensor ResultOf(Tensor y) => Kind == EpilogueKind.Add && Other is { } sum ? sum : y;

    /// <summary>y ← f(y).</summary>
    public static Epilogue Activated(Activation f) => new(EpilogueKind.Activate, f, null);

    /// <summary>y ← f(gate) ⊙ y.</summary>
    /// <param name="gate">[rows, outputs].</param>
    /// <param name="f">The function of the gate.</param>
    public static Epilogue Gated(Tensor gate, Activation f) => new(EpilogueKind.Gate, f, gate);

    /// <summary>x ← x + y; the result of the product is then x.</summary>
    /// <param name="x">[rows, outputs].</param>
    public static Epilogue AddedTo(Tensor x) => new(EpilogueKind.Add, default, x);

    /// <summary>The same behind y ← s ⊙ y.</summary>
    /// <param name="scale">s [outputs], or none.</param>
    public Epilogue Behind(Tensor? scale) => this with { Scale = scale };
}
