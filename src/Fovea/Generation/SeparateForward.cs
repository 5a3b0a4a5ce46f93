using System.Diagnostics;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// Forward passes that methods ask for beside a request's own, such as one without the question. They go over the request's cache and leave it as it was.
/// </summary>
internal sealed class SeparateForward(MultimodalModel model, Compute compute, DecoderPass decoder, ModelShape shape)
{
    /// <summary>Runs what the item's methods want and keeps the captured rows.</summary>
    /// <param name="prompt">The item's rows as they enter the language model.</param>
    /// <param name="item">The request.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public void Run(Tensor prompt, PassItem item, CancellationToken cancellation)
    {
        if (item.Reduction is not { } reduction || reduction.Map.Outputs == 0)
        {
            return;
        }

        foreach (var pass in reduction.SeparateRows.ToList().GroupBy(signal => signal.Prompt))
        {
            long started = Stopwatch.GetTimestamp();
            var mark = compute.Arena.Top;
            int[] held = item.Sequence.Cache.Lengths();
            try
            {
                Run(prompt, item, reduction, pass.Key, [.. pass], cancellation);
            }
            catch (ArgumentException wrong)
            {
                reduction.Fail(pass.First(), wrong);
            }
            finally
            {
                for (int layer = 0; layer < held.Length; layer++)
                {
                    item.Sequence.Cache[layer].Truncate(held[layer]);
                }

                compute.Arena.Release(mark);
            }

            item.Report.SeparateForward += Stopwatch.GetElapsedTime(started);
        }
    }

    private void Run(Tensor prompt, PassItem item, ReductionRun reduction, PromptVariant variant, Signal.SeparateRowsSignal[] signals, CancellationToken cancellation)
    {
        int layers = signals.Max(signal => signal.Layer) + 1;
        var (run, hidden) = Prompt(prompt, item.Run, variant);
        var captured = new ReductionRun([.. signals.Select(AsCaptured)], shape);
        var report = new RunReport { VisualTokensPerLayer = new int[shape.DecoderLayers] };
        decoder.RunBeside(hidden, new PassItem(item.Sequence, run, captured, report) { Visual = item.Visual }, layers, cancellation);
        if (captured.Failure is { } failure)
        {
            throw new ArgumentException(failure.Message, failure);
        }

        foreach (var signal in signals)
        {
            var (values, columns) = captured.Take(AsCaptured(signal));
            reduction.Keep(signal, values, columns);
        }

        item.Report.SeparateForwardFlops += report.PrefillFlops;
        item.Report.PrefillFlops += report.PrefillFlops;
    }

    private static Signal AsCaptured(Signal.SeparateRowsSignal signal) => Signal.AttentionRows(signal.Layer, signal.Queries);

    private (TokenRun Run, Tensor Hidden) Prompt(Tensor prompt, TokenRun whole, PromptVariant variant)
    {
        int kept = variant.RowsBehind is { } rows ? whole.BehindVisual + rows : whole.Count;
        if (kept > whole.Count)
        {
            throw new ArgumentException($"The prompt has {whole.Count - whole.BehindVisual} tokens behind its pictures; a pass without the question needs {variant.RowsBehind}.");
        }

        int[] text = variant.Text.Length > 0 ? model.Tokenizer.Encode(variant.Text, addSpecialTokens: false) : [];
        var hidden = compute.Rent(kept + text.Length, prompt.RowLength);
        prompt.AsSpan<float>()[..(kept * prompt.RowLength)].CopyTo(hidden.AsSpan<float>());
        model.LanguageModel.Embedding.Gather(compute, text, hidden.Slice(kept, text.Length));
        int next = whole.Positions[..kept].ToArray().Max(position => position.Max) + 1;
        var sizes = whole.Sizes.Length == 0 ? [] : whole.Sizes[..kept].ToArray().Concat(Enumerable.Repeat(1f, text.Length)).ToArray();
        var run = new TokenRun();
        run.Set(
            [.. whole.Positions[..kept], .. text.Index().Select(token => TokenPosition.At(next + token.Index))],
            [.. whole.Visual[..kept], .. text.Select(_ => -1)],
            sizes);
        return (run, hidden);
    }
}
