namespace Fovea.Text.Decoders;

/// <summary>
/// One step from token texts to text, as a stage of a chain. A stage gets list elements; an element may come in several parts. State belongs to one decoding run.
/// </summary>
internal abstract class DecoderStep
{
    /// <summary>The stage that receives what this one makes.</summary>
    public DecoderStep Next { get; private set; } = NothingStep.Instance;

    /// <summary>Joins stages to a chain and returns the first.</summary>
    public static DecoderStep Chain(IReadOnlyList<DecoderStep> steps)
    {
        for (int i = 0; i + 1 < steps.Count; i++)
        {
            steps[i].Next = steps[i + 1];
        }

        return steps[0];
    }

    /// <summary>Takes a part of the list.</summary>
    /// <param name="text">The text.</param>
    /// <param name="begins">Whether a new list element begins; otherwise the text continues the last one.</param>
    public abstract void Push(string text, bool begins);

    /// <summary>The list is at its end: passes on what was held back.</summary>
    public virtual void Finish() => Next.Finish();

    private sealed class NothingStep : DecoderStep
    {
        public static NothingStep Instance { get; } = new();

        public override void Push(string text, bool begins)
        {
        }

        public override void Finish()
        {
        }
    }
}
