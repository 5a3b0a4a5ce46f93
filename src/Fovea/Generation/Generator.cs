using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// Answers prompts: pictures through the encoder, prompts end to end through the language model in one pass, then one token of every open answer a step.
/// An answer does not depend on what else is in the batch. One call at a time.
/// </summary>
public sealed class Generator
{
    private readonly MultimodalModel _model;
    private readonly Compute _compute;
    private readonly VisualPass _visual;
    private readonly DecoderPass _decoder;
    private readonly ModelShape _shape;

    /// <summary>Creates a generator over a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="compute">Where to compute; not used by anybody else during a call.</param>
    /// <param name="observer">Sees intermediate values, or none.</param>
    /// <param name="cache">Keeps what the encoder made of pictures, or none; used with no other model. What comes from it the observer does not see being computed.</param>
    public Generator(MultimodalModel model, Compute compute, ForwardObserver? observer = null, VisionFeatureCache? cache = null)
    {
        _model = model;
        _compute = compute;
        _visual = new VisualPass(model, compute, observer, cache);
        _decoder = new DecoderPass(model.LanguageModel, compute, observer);
        _shape = ShapeOf(model);
    }

    /// <summary>The numbers that methods may know of a model.</summary>
    public static ModelShape ShapeOf(MultimodalModel model) => new(model.Vision.BlockCount, model.FeatureBlock, model.LanguageModel.Config.NumHiddenLayers)
    {
        Heads = model.LanguageModel.Config.NumAttentionHeads,
        HeadSize = model.LanguageModel.Config.HeadDim,
    };

    /// <summary>Answers one prompt.</summary>
    /// <exception cref="ArgumentException">The request does not fit the model: placeholders, options, a prompt longer than the context.</exception>
    /// <exception cref="ReductionException">A method of token reduction failed; the message names it and where.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the request's sequence is then empty.</exception>
    public GenerationResult Generate(GenerationRequest request, CancellationToken cancellation = default) => Generate([request], cancellation)[0].Checked();

    /// <summary>Answers several prompts at once. A method of token reduction that fails, fails its own request only: its result says why.</summary>
    /// <exception cref="ArgumentException">A request does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the requests' sequences are then empty.</exception>
    public IReadOnlyList<GenerationResult> Generate(IReadOnlyList<GenerationRequest> requests, CancellationToken cancellation = default)
    {
        var answers = new List<ActiveAnswer>();
        var items = new List<PassItem>();
        var prompts = new List<PreparedPrompt>();
        var owned = new List<Sequence>();
        var bottom = _compute.Arena.Top;
        bool done = false;
        try
        {
            foreach (var request in requests)
            {
                var sequence = request.Sequence ?? new Sequence(_model.LanguageModel.NewCache());
                if (request.Sequence is null)
                {
                    owned.Add(sequence);
                }

                var reduction = new ReductionRun(request.Plan, _shape);
                var prompt = PreparedPrompt.Prepare(_model, request, sequence);
                IReadOnlyList<string> stops = request.EndTokens is null ? [.. request.StopTexts, .. _model.StopTexts] : request.StopTexts;
                var answer = new ActiveAnswer(request, sequence, _model.Tokenizer.Stream(), request.EndTokens ?? _model.EndTokens, stops, prompt.MaxNewTokens);
                answers.Add(answer);
                prompts.Add(prompt);
                items.Add(new PassItem(sequence, answer.Run, reduction, answer.Report));
            }

            var logits = Prefill(items, prompts, answers, cancellation);
            Decode(answers, logits, bottom, cancellation);
            done = true;
            return answers.ConvertAll(answer => answer.Result());
        }
        finally
        {
            _compute.Arena.Release(bottom);
            prompts.ForEach(prompt => prompt.Dispose());
            foreach (var answer in answers.Where(_ => !done))
            {
                answer.Sequence.Truncate(0);
            }

            owned.ForEach(sequence => sequence.Dispose());
        }
    }

    private Tensor Prefill(List<PassItem> items, List<PreparedPrompt> prompts, List<ActiveAnswer> answers, CancellationToken cancellation)
    {
        var bottom = _compute.Arena.Top;
        try
        {
            for (int i = 0; i < items.Count; i++)
            {
                items[i].Visual = Encode(prompts[i], items[i], cancellation);
                _compute.Arena.Release(bottom);
            }

            long started = Stopwatch.GetTimestamp();
            var hidden = _compute.Rent(prompts.Sum(prompt => prompt.Rows), _model.LanguageModel.Config.HiddenSize);
            int start = 0;
            for (int i = 0; i < items.Count; i++)
            {
                prompts[i].Splice(_compute, items[i].Visual?.Tokens ?? hidden, hidden, start);
                start += prompts[i].Rows;
                answers[i].Report.VisualTokensPerLayer = new int[_model.LanguageModel.Layers.Count];
                answers[i].AcceptPrompt(prompts[i].Ids);
            }

            started += RunBeside(hidden, items, cancellation);
            var logits = _decoder.Run(hidden, items, cancellation);
            for (int i = 0; i < items.Count; i++)
            {
                Finish(prompts[i], items[i], Stopwatch.GetElapsedTime(started));
                if (items[i].Reduction?.Failure is { } failure)
                {
                    answers[i].Fail(failure);
                }
            }

            return logits;
        }
        finally
        {
            items.ForEach(item => item.Visual?.Dispose());
            items.ForEach(item => item.Reduction?.Clear());
        }
    }

    /// <summary>Runs the forward passes that methods asked for beside the prompts' own.</summary>
    /// <returns>The ticks that they took.</returns>
    private long RunBeside(Tensor hidden, List<PassItem> items, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        int start = 0;
        foreach (var item in items)
        {
            new SeparateForward(_model, _compute, _decoder, _shape).Run(hidden.Slice(start, item.Run.Count), item, cancellation);
            start += item.Run.Count;
        }

        return Stopwatch.GetTimestamp() - started;
    }

    private VisualTokens Encode(PreparedPrompt prompt, PassItem item, CancellationToken cancellation)
    {
        var reduction = item.Reduction ?? throw new InvalidOperationException("Prefill has reductions, be they none.");
        var policy = reduction.Plan.Positions;
        if (prompt.Input is null)
        {
            prompt.Place(item.Run, TokenMap.Identity(0), [], policy);
            return VisualTokens.None(_model.LanguageModel.Config.HiddenSize);
        }

        item.Report.Preprocessing = prompt.Preprocessing;
        var tokens = _visual.Run(prompt.Input, prompt.PictureHashes, reduction, item.Report, cancellation);
        var sizes = new float[reduction.Map.Inputs];
        Array.Fill(sizes, 1);
        prompt.Place(item.Run, reduction.Map, reduction.Plan.ProportionalAttention && !reduction.Map.IsSelection ? reduction.Map.Sizes(sizes) : [], policy);
        return tokens;
    }

    private static void Finish(PreparedPrompt prompt, PassItem item, TimeSpan prefill)
    {
        var (sequence, run, reduction, report) = item;
        prompt.Commit(sequence, run, reduction?.Plan.Positions ?? PositionPolicy.Keep);
        report.Prefill = prefill;
        report.PromptTokens = prompt.CachedTokens + prompt.Ids.Length;
        report.CachedTokens = prompt.CachedTokens;
        report.Stages = reduction?.Reports ?? [];
        report.Geometry = reduction?.Geometry ?? Geometry.Empty;
        report.Map = reduction?.Map ?? TokenMap.Identity(0);
    }

    private void Decode(List<ActiveAnswer> answers, Tensor logits, Arena.Mark bottom, CancellationToken cancellation)
    {
        var open = new List<ActiveAnswer>(answers);
        var items = answers.ConvertAll(answer => new PassItem(answer.Sequence, answer.Run, null, answer.Report));
        var ids = new int[answers.Count];
        while (true)
        {
            for (int i = 0; i < open.Count; i++)
            {
                if (open[i].Finished is null)
                {
                    open[i].Choose(logits.Row<float>(i));
                }
            }

            for (int i = open.Count - 1; i >= 0; i--)
            {
                if (open[i].Finished is not null)
                {
                    open[i].Report.CacheBytesPerLayer = [.. Enumerable.Range(0, open[i].Sequence.Cache.Layers).Select(layer => open[i].Sequence.Cache[layer].Bytes)];
                    open.RemoveAt(i);
                    items.RemoveAt(i);
                }
            }

            if (open.Count == 0)
            {
                return;
            }

            _compute.Arena.Release(bottom);
            long started = Stopwatch.GetTimestamp();
            logits = Step(open, items, ids, cancellation);
            var elapsed = Stopwatch.GetElapsedTime(started);
            for (int i = 0; i < open.Count; i++)
            {
                open[i].Report.Decode += elapsed;
                open[i].Report.DecodeSteps++;
            }
        }
    }

    private Tensor Step(List<ActiveAnswer> open, List<PassItem> items, int[] ids, CancellationToken cancellation)
    {
        for (int i = 0; i < open.Count; i++)
        {
            ids[i] = open[i].LastToken;
            open[i].Run.SetSingle(open[i].Sequence.NextPosition);
        }

        var hidden = _compute.Rent(open.Count, _model.LanguageModel.Config.HiddenSize);
        _model.LanguageModel.Embedding.Gather(_compute, ids.AsSpan(0, open.Count), hidden);
        var logits = _decoder.Run(hidden, items, cancellation);
        for (int i = 0; i < open.Count; i++)
        {
            open[i].Sequence.Advance(ids.AsSpan(i, 1), open[i].Sequence.NextPosition + 1, visual: false);
        }

        return logits;
    }
}
