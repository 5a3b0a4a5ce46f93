using System.Buffers;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>
/// Mixture of experts: y = Σ p_e · expert_e(x) over the experts that a router likes best, with their probabilities divided by their sum
/// (Switch Transformer, arXiv 2101.03961, with several experts per token). An expert is a <see cref="GatedMlp"/>. Of equally probable experts the first are taken.
/// Experts are added in ascending order, so a token's result does not depend on its neighbours.
/// </summary>
public sealed class MixtureMlp : FeedForward
{
    private readonly Linear _router;
    private readonly GatedMlp[] _experts;
    private readonly int _expertsPerToken;

    /// <summary>Owns the router and the experts.</summary>
    public MixtureMlp(Linear router, GatedMlp[] experts, int expertsPerToken)
    {
        _router = router;
        _experts = experts;
        _expertsPerToken = expertsPerToken;
    }

    /// <inheritdoc/>
    public override long Bytes => _router.Bytes + _experts.Sum(expert => expert.Bytes);

    /// <inheritdoc/>
    public override long MultiplyAdds => ((long)_router.Inputs * _router.Outputs) + (_expertsPerToken * _experts[0].MultiplyAdds);

    /// <summary>
    /// Reads <c>gate.weight</c> [experts, width], <c>experts.gate_up_proj</c> [experts, width, 2 · intermediate] (gate first) and <c>experts.down_proj</c>
    /// [experts, intermediate, width]; the matrices of the experts are stored transposed.
    /// </summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static MixtureMlp Load(WeightReader weights, int width, int intermediate, (int Count, int PerToken) experts, Activation activation, Compute compute)
    {
        var stored = weights.At("experts");
        var gateAndUp = stored.Stored("gate_up_proj", experts.Count, width, 2 * intermediate);
        var down = stored.Stored("down_proj", experts.Count, intermediate, width);
        var loaded = new GatedMlp[experts.Count];
        for (int i = 0; i < loaded.Length; i++)
        {
            using var first = Transposed(gateAndUp.Slice(i, 1).Reshape(width, 2 * intermediate));
            using var second = Transposed(down.Slice(i, 1).Reshape(intermediate, width));
            loaded[i] = new GatedMlp(
                Linear.Of(stored.At("gate_up_proj"), first.Slice(0, intermediate), gateAndUp.ElementType, compute),
                Linear.Of(stored.At("gate_up_proj"), first.Slice(intermediate, intermediate), gateAndUp.ElementType, compute),
                Linear.Of(stored.At("down_proj"), second, down.ElementType, compute),
                activation);
        }

        return new MixtureMlp(Linear.Of(weights.At("gate").Stored("weight", experts.Count, width), bias: null, compute), loaded, experts.PerToken);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x, Tensor? residual = null)
    {
        var result = compute.Rent(x.Rows, x.RowLength);
        result.AsSpan<float>().Clear();
        var mark = compute.Arena.Top;
        var shares = _router.Forward(compute, x);
        for (int row = 0; row < x.Rows; row++)
        {
            Choose(shares.Row<float>(row));
        }

        int[] rows = ArrayPool<int>.Shared.Rent(x.Rows);
        for (int expert = 0; expert < _experts.Length; expert++)
        {
            int count = 0;
            for (int row = 0; row < x.Rows; row++)
            {
                if (shares.Row<float>(row)[expert] != 0)
                {
                    rows[count++] = row;
                }
            }

            if (count > 0)
            {
                Add(compute, x, (expert, shares), rows.AsSpan(0, count), result);
            }
        }

        ArrayPool<int>.Shared.Return(rows);
        compute.Arena.Release(mark);
        return residual is null ? result : compute.AddInto(residual, result);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _router.Dispose();
        foreach (var expert in _experts)
        {
            expert.Dispose();
        }
    }

    /// <summary>Logits of one token to the shares of its experts; 0 for the others.</summary>
    private void Choose(Span<float> logits)
    {
        Softmax.Apply(logits, logits);
        Span<int> chosen = stackalloc int[_expertsPerToken];
        float sum = 0;
        for (int i = 0; i < chosen.Length; i++)
        {
            int best = -1;
            for (int expert = 0; expert < logits.Length; expert++)
            {
                if (!chosen[..i].Contains(expert) && (best < 0 || logits[expert] > logits[best]))
                {
                    best = expert;
                }
            }

            chosen[i] = best;
            sum += logits[best];
        }

        for (int expert = 0; expert < logits.Length; expert++)
        {
            logits[expert] = chosen.Contains(expert) ? logits[expert] / sum : 0;
        }
    }

    private void Add(Compute compute, Tensor x, (int Index, Tensor Shares) expert, ReadOnlySpan<int> rows, Tensor result)
    {
        var mark = compute.Arena.Top;
        var inputs = compute.Rent(rows.Length, x.RowLength);
        compute.Gather(x, rows, inputs);
        var outputs = _experts[expert.Index].Forward(compute, inputs);
        for (int i = 0; i < rows.Length; i++)
        {
            var sum = result.Row<float>(rows[i]);
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(outputs.Row<float>(i), expert.Shares.Row<float>(rows[i])[expert.Index], sum, sum);
        }

        compute.Arena.Release(mark);
    }

    private static Tensor Transposed(Tensor stored)
    {
        var transposed = Tensor.Allocate(stored.RowLength, stored.Rows);
        var target = transposed.AsSpan<float>();
        float[] row = new float[stored.RowLength];
        for (int i = 0; i < stored.Rows; i++)
        {
            Widen.Row(stored, i, row);
            for (int j = 0; j < row.Length; j++)
            {
                target[(j * stored.Rows) + i] = row[j];
            }
        }

        return transposed;
    }
}
