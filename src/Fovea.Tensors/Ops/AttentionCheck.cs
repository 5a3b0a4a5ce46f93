using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

/// <summary>What must hold of the arguments of an attention call.</summary>
internal static class AttentionCheck
{
    public static void Settings(Tensor queries, in AttentionSettings settings)
    {
        int heads = settings.Heads, kvHeads = settings.KeyValueHeads, d = settings.HeadSize;
        Compute.Check(
            heads > 0 && kvHeads > 0 && heads % kvHeads == 0 && d is > 0 and <= MatrixProduct.Block,
            queries,
            $"cannot be attended with {heads} heads on {kvHeads} key/value heads of {d} numbers (at most {MatrixProduct.Block})");
        Compute.Check(
            settings.Window >= 0 && settings.Scale >= 0 && float.IsFinite(settings.Scale),
            queries,
            $"cannot be attended with a window of {settings.Window} and a scale of {settings.Scale}");
        Compute.Check(queries.RowLength == (long)heads * d, queries, $"has rows of {queries.RowLength}, not of {heads} heads of {d}");
    }

    public static void Segment(Tensor queries, in AttentionSegment segment, in AttentionSettings settings)
    {
        Compute.Check(
            segment.QueryStart >= 0 && segment.QueryCount >= 0 && segment.QueryStart <= queries.Rows - segment.QueryCount,
            queries,
            $"has no rows {segment.QueryStart} + {segment.QueryCount}");
        Keys(segment.Keys, segment, settings);
        Compute.Check(segment.Values.Shape == segment.Keys.Shape && segment.Values.ElementType == segment.Keys.ElementType, segment.Values, $"are values of another shape or type than their keys {segment.Keys}");
        Compute.Check(
            segment.KeyBias is null || (segment.KeyBias.Shape.Rank == 1 && segment.KeyBias.Rows >= segment.KeyCount),
            segment.KeyBias,
            $"is not one number for each of {segment.KeyCount} keys");
        if (segment.Capture is { } capture)
        {
            Capture(capture, segment, settings);
        }
    }

    private static void Keys(Tensor keys, in AttentionSegment segment, in AttentionSettings settings)
    {
        int heads = settings.KeyValueHeads, d = settings.HeadSize;
        bool byHead = keys.Shape.Rank == 3;
        Compute.Check(
            keys.ElementType == ElementType.F32 || (byHead && keys.ElementType is ElementType.BF16 or ElementType.F16 or ElementType.I8),
            keys,
            $"holds keys as {keys.ElementType}, which are read by head alone and as f32, bf16, f16 or integers of 8 bits");
        Compute.Check(
            byHead ? keys.Shape[0] == heads && keys.Shape[2] == AttentionEntry.Length(keys.ElementType, d) : keys.Shape.Rank == 2 && keys.Shape[1] == (long)heads * d,
            keys,
            $"holds neither [rows, {heads} x {d}] nor [{heads}, rows, {d}]");
        int rows = keys.Shape[byHead ? 1 : 0];
        Compute.Check(
            segment.KeyStart >= 0 && segment.KeyCount >= 0 && segment.KeyStart <= rows - segment.KeyCount,
            keys,
            $"has no keys {segment.KeyStart} + {segment.KeyCount}");
    }

    private static void Capture(AttentionCapture capture, in AttentionSegment segment, in AttentionSettings settings)
    {
        int count = capture.Rows.Count;
        for (int r = 0; r < count; r++)
        {
            int least = r == 0 ? 0 : capture.Rows[r - 1] + 1;
            Compute.Check(
                capture.Rows[r] >= least && capture.Rows[r] < segment.QueryCount,
                capture.Probabilities,
                $"cannot receive row {capture.Rows[r]}: rows ascend below {segment.QueryCount}");
        }

        Compute.Check(
            capture.Probabilities is null || capture.Probabilities.Shape == new Shape(settings.Heads, count, segment.KeyCount),
            capture.Probabilities,
            $"is not [{settings.Heads}, {count}, {segment.KeyCount}]");
        Compute.Check(
            capture.Received is null || capture.Received.Shape == new Shape(settings.Heads, segment.KeyCount),
            capture.Received,
            $"is not [{settings.Heads}, {segment.KeyCount}]");
    }
}
