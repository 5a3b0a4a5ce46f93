using Fovea.Generation;
using Fovea.Tensors;

namespace Fovea.Tests;

/// <summary>Keeps the logits of every step: one list per call, one row per sequence.</summary>
internal sealed class LogitsObserver : ForwardObserver
{
    public List<float[][]> Steps { get; } = [];

    public override void OnLogits(Tensor logits) => Steps.Add([.. Enumerable.Range(0, logits.Rows).Select(row => logits.Row<float>(row).ToArray())]);
}
