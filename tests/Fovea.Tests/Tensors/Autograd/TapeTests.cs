using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Autograd;

public sealed class TapeTests
{
    private static readonly Dictionary<string, (int[][] Shapes, Func<Tape, Variable[], Variable> Run)> Operations = new()
    {
        ["linear"] = ([[40, 50], [70, 50], [70]], (tape, x) => tape.Linear(x[0], x[1], x[2])),
        ["matrix product"] = ([[2, 13, 9], [9, 33]], (tape, x) => tape.MatrixProduct(x[0], x[1])),
        ["matrix product, transposed"] = ([[3, 13, 9], [1, 40, 9]], (tape, x) => tape.MatrixProduct(x[0], x[1], transposeB: true)),
        ["add"] = ([[3, 5, 4], [5, 1]], (tape, x) => tape.Add(x[0], x[1])),
        ["multiply"] = ([[3, 1, 4], [5, 4]], (tape, x) => tape.Multiply(x[0], x[1])),
        ["scale"] = ([[7]], (tape, x) => tape.Scale(x[0], -1.5f)),
        ["gelu"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Activation.Gelu)),
        ["gelu, tanh"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Activation.GeluTanh)),
        ["quick gelu"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Activation.QuickGelu)),
        ["silu"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Activation.Silu)),
        ["sigmoid"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Nonlinearity.Sigmoid)),
        ["tanh"] = ([[3, 11]], (tape, x) => tape.Activate(x[0], Nonlinearity.Tanh)),
        ["softmax"] = ([[4, 9]], (tape, x) => tape.Softmax(x[0])),
        ["log softmax"] = ([[4, 9]], (tape, x) => tape.LogSoftmax(x[0])),
        ["cross entropy"] = ([[4, 9]], (tape, x) => tape.CrossEntropy(x[0], [3, -100, 0, 8])),
        ["rms norm by head"] = ([[5, 12], [6]], (tape, x) => tape.RmsNorm(x[0], x[1], 1e-5f)),
        ["layer norm"] = ([[5, 12], [12], [12]], (tape, x) => tape.LayerNorm(x[0], x[1], x[2], 1e-5f)),
        ["normalise"] = ([[5, 7]], (tape, x) => tape.Normalize(x[0], 1e-12f)),
        ["mean and variance"] = ([[5, 7]], (tape, x) => tape.Add(tape.Mean(x[0]), tape.Variance(x[0]))),
        ["gather"] = ([[5, 7]], (tape, x) => tape.Gather(x[0], [4, 0, 4])),
        ["concatenate"] = ([[5, 7], [2, 7]], (tape, x) => tape.Concatenate((x[0], 1, 3), (x[1], 0, 2), (x[0], 0, 2))),
        ["permute"] = ([[2, 3, 4]], (tape, x) => tape.Permute(x[0], 2, 0, 1)),
        ["bicubic"] = ([[12, 2]], (tape, x) => tape.Map(x[0], Resampling.Bicubic(3, 4, 5, 3))),
        ["convolution, padded"] = ([[40, 3], [4, 3, 3, 3], [4]], (tape, x) => tape.Convolve(x[0], x[1], x[2], new PatchGrid(2, 5, 4, 3, 2, 1))),
        ["convolution by channel"] = ([[40, 3], [3, 1, 2, 2], [3]], (tape, x) => tape.ConvolveDepthwise(x[0], x[1], x[2], new PatchGrid(2, 5, 4, 2, 3))),
        ["grouped causal attention, windowed"] = ([[9, 24], [11, 12], [11, 12], [11]], Attention),
    };

    public static TheoryData<string> Names => new(Operations.Keys);

    [Theory]
    [InlineData("linear")]
    [InlineData("matrix product")]
    [InlineData("matrix product, transposed")]
    [Trait("kind", "property")]
    public void RoundsProducts_OfAProduct_IsTheProductOfRoundedFactorsThereAndBack(string name)
    {
        var (shapes, run) = Operations[name];
        using var compute = new Compute();
        Tensor[] exact = [.. shapes.Select((shape, i) => Numbers.Noise(i + 1, shape))], rounded = [.. exact.Select(Rounded)];
        Variable[] first, second;
        using var rounding = new Tape(compute) { RoundsProducts = true };
        using var plain = new Tape(compute);
        first = [.. exact.Select(rounding.Leaf)];
        // The bias of a linear map is added to the sum, so it is not rounded.
        second = [.. rounded.Take(2).Concat(exact.Skip(2)).Select(plain.Leaf)];
        Variable there = run(rounding, first), expected = run(plain, second);
        Assert.Equal(expected.Value.AsSpan<float>().ToArray(), there.Value.AsSpan<float>().ToArray());
        using var slopes = Numbers.Noise(9, there.Shape.ToArray());
        using var roundedSlopes = Rounded(slopes);
        rounding.Backward(there, slopes);
        plain.Backward(expected, roundedSlopes);
        foreach (var (actual, wanted) in first.Take(2).Zip(second))
        {
            Assert.Equal(wanted.Gradient!.AsSpan<float>().ToArray(), actual.Gradient!.AsSpan<float>().ToArray());
        }
    }

    private static Tensor Rounded(Tensor tensor) => Tensor.From(Array.ConvertAll(tensor.AsSpan<float>().ToArray(), value => BFloat16.Round(value).ToSingle()), tensor.Shape.ToArray());

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("kind", "property")]
    public void Backward_OfEveryOperation_AgreesWithCentralDifferences(string name)
    {
        const float Step = 1e-2f;
        var (shapes, run) = Operations[name];
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        Tensor[] inputs = [.. shapes.Select((shape, i) => Numbers.Noise(i + 1, shape))];
        float[][] gradients;
        float[] weights;
        using (var tape = new Tape(compute))
        {
            Variable[] leaves = [.. inputs.Select(tape.Leaf)];
            var y = run(tape, leaves);
            using var seed = Numbers.Noise(99, y.Shape.ToArray());
            weights = seed.AsSpan<float>().ToArray();
            tape.Backward(y, seed);
            gradients = [.. leaves.Select(leaf => leaf.Gradient!.AsSpan<float>().ToArray())];
        }

        for (int input = 0; input < inputs.Length; input++)
        {
            int count = gradients[input].Length;
            for (int i = 0; i < count; i += Math.Max(1, count / 23))
            {
                double slope = (Value(input, i, Step) - Value(input, i, -Step)) / (2 * Step);
                Assert.True(Math.Abs(slope - gradients[input][i]) <= 2e-3 + (2e-2 * Math.Abs(slope)), $"{name}, input {input}[{i}]: {gradients[input][i]}, not {slope}");
            }
        }

        double Value(int input, int index, float step)
        {
            ref float value = ref inputs[input].AsSpan<float>()[index];
            float before = value;
            value = before + step;
            using var tape = new Tape(compute);
            float[] y = run(tape, [.. inputs.Select(tape.Constant)]).Value.AsSpan<float>().ToArray();
            value = before;
            return y.Zip(weights, (a, b) => (double)a * b).Sum();
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Checkpoint_OfASegment_GivesTheSameBitsAsWithout()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var weight = new Parameter("w", Numbers.Noise(1, 8, 8));
        using var x = Numbers.Noise(2, 6, 8);
        using var seed = Numbers.Noise(3, 6, 8);
        var plain = Gradients(checkpointed: false);
        var checkpointed = Gradients(checkpointed: true);
        Numbers.AssertSameBits(plain.X, checkpointed.X);
        Numbers.AssertSameBits(plain.W, checkpointed.W);

        (float[] X, float[] W) Gradients(bool checkpointed)
        {
            weight.ClearGradient();
            using var tape = new Tape(compute);
            var leaf = tape.Leaf(x);
            var first = Run(tape, leaf);
            tape.Backward(tape.Add(Run(tape, Run(tape, first)), tape.Multiply(first, leaf)), seed);
            return (leaf.Gradient!.AsSpan<float>().ToArray(), weight.Slope.AsSpan<float>().ToArray());

            Variable Run(Tape tape, Variable input) => checkpointed ? tape.Checkpoint(input, Segment) : Segment(tape, input);
        }

        Variable Segment(Tape tape, Variable input) => tape.Activate(tape.Linear(input, weight), Activation.Silu);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Detach_OfASegment_GivesItsValueWithoutGradientAndKeepsNoMoreThanIt()
    {
        using var compute = new Compute();
        using var weight = new Parameter("w", Numbers.Noise(1, 300, 300));
        using var x = Numbers.Noise(2, 300, 300);
        using var tape = new Tape(compute);
        var plain = Segment(tape).Value.AsSpan<float>().ToArray();
        var before = compute.Arena.Top;
        var detached = tape.Detach(Segment);
        var after = compute.Arena.Top;
        var copy = compute.Rent(300, 300);
        Assert.Equal(compute.Arena.Top.Bytes - after.Bytes, after.Bytes - before.Bytes);
        Numbers.AssertSameBits(plain, detached.Value.AsSpan<float>().ToArray());
        Assert.False(detached.RequiresGradient);
        tape.Backward(tape.Linear(detached, weight), copy);
        Assert.Null(detached.Gradient);

        Variable Segment(Tape inner) => inner.Linear(inner.Activate(inner.Linear(inner.Constant(x), weight), Activation.Gelu), weight);
    }

    private static Variable Attention(Tape tape, Variable[] x) => tape.Attention(
        x[0],
        x[1],
        x[2],
        [new AttentionRange(0, 4, 0, 6), new AttentionRange(4, 5, 6, 5)],
        new AttentionSettings(4, 2, 6, 0.4f, Causal: true, Window: 4),
        x[3]);
}
