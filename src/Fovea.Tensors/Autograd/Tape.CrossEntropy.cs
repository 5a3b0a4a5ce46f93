using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>The label that is not learnt.</summary>
    public const int IgnoredLabel = -100;

    /// <summary>Σ −log softmax(logits)[label] over the rows whose label is not ignored, divided by <paramref name="denominator"/>.</summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="labels">One for each row.</param>
    /// <param name="denominator">None = the number of labels that are not ignored. With none of those the loss is 0 and so are its gradients.</param>
    /// <param name="ignored">The label that is not learnt.</param>
    /// <returns>[1].</returns>
    /// <exception cref="ArgumentException">Another number of labels, or a label that is no class.</exception>
    public Variable CrossEntropy(Variable logits, ReadOnlySpan<int> labels, double? denominator = null, int ignored = IgnoredLabel)
    {
        int classes = logits.Shape[-1];
        var rows = AsRows(logits.Value, classes);
        Compute.Check(labels.Length == rows.Rows, logits.Value, $"has {rows.Rows} rows, but {labels.Length} labels");
        foreach (int label in labels)
        {
            Compute.Check(label == ignored || (uint)label < (uint)classes, logits.Value, $"has no class {label}");
        }

        var targets = labels.ToArray();
        double divisor = denominator ?? Math.Max(1, targets.Count(label => label != ignored));
        var losses = new double[targets.Length];
        Compute.ForRows(targets.Length, classes, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                if (targets[row] != ignored)
                {
                    var values = rows.Row<float>(row);
                    losses[row] = LogSum(values) - values[targets[row]];
                }
            }
        });
        var loss = Compute.Rent(1);
        loss.AsSpan<float>()[0] = (float)(losses.Sum() / divisor);
        return Record(loss, [logits], gradient =>
        {
            float factor = (float)(gradient.AsSpan<float>()[0] / divisor);
            var slopes = Zeros(rows.Shape);
            Compute.ForRows(targets.Length, classes, (start, end) =>
            {
                for (int row = start; row < end; row++)
                {
                    if (targets[row] != ignored)
                    {
                        var slope = slopes.Row<float>(row);
                        rows.Row<float>(row).CopyTo(slope);
                        SoftmaxRow(slope);
                        slope[targets[row]] -= 1;
                        System.Numerics.Tensors.TensorPrimitives.Multiply(slope, factor, slope);
                    }
                }
            });
            Give(logits, slopes);
        });
    }
}
