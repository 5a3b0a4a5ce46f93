using System.Diagnostics;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;

namespace Fovea.Training.Runs;

/// <summary>
/// A run in its folder: steps, metrics, checkpoints, and at last the trained model. Whenever it is killed, it goes on from the newest checkpoint to the same
/// bits as a run that was never stopped, on the same machine with the same kernels.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    private static readonly TimeSpan PlotEvery = TimeSpan.FromSeconds(5);

    private readonly TrainingSetup _setup;
    private readonly RunFolder _folder;
    private readonly MetricsLog _metrics;
    private readonly SkippedLog _skipped;
    private readonly RunObserver _observer;
    private readonly SampleLoader _loader;
    private readonly StepClock _clock = new();
    private long _plotted;

    private TrainingRun(TrainingSetup setup, RunFolder folder, RunObserver observer)
    {
        (_setup, _folder, _observer) = (setup, folder, observer);
        _skipped = new SkippedLog(folder.Skipped);
        _skipped.Add(setup.Samples.Skipped.Concat(setup.Held.Skipped));
        _loader = Loader(setup.Samples);
        Resume();
        _metrics = MetricsLog.Open(folder.Metrics, setup.Optimizer.Steps);
    }

    /// <summary>What the run does.</summary>
    public TrainingPlan Plan => _setup.Plan;

    /// <summary>Steps taken.</summary>
    public int Step => _setup.Optimizer.Steps;

    /// <summary>Samples that are listed as not learnt.</summary>
    public int Skipped => _skipped.Count;

    /// <summary>Whether the model is measured after the step that was taken last.</summary>
    private bool IsMeasured => Step == _setup.Schedule.Steps || (Step > 0 && _setup.Options.EvalSteps is { } every && Step % every == 0);

    /// <summary>Opens what the configuration names, and its folder.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="resume">Whether to go on with the run that is in the folder; if there is none, it begins.</param>
    /// <param name="observer">Looks on.</param>
    /// <exception cref="ArgumentException">As <see cref="TrainingSetup.Open"/>; or the run in the folder has another configuration.</exception>
    /// <exception cref="InvalidDataException">As there; or the newest checkpoint is damaged.</exception>
    /// <exception cref="NotSupportedException">As there.</exception>
    /// <exception cref="IOException">As there; or the folder cannot be written, or holds a run that is not to go on.</exception>
    public static TrainingRun Open(TrainingOptions options, bool resume, RunObserver observer)
    {
        var folder = RunFolder.Open(options.OutputDir, resume);
        TrainingSetup? setup = null;
        try
        {
            setup = TrainingSetup.Open(options);
            return new TrainingRun(setup, folder, observer);
        }
        catch
        {
            setup?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Takes the steps that are left and saves the model.</summary>
    /// <param name="cancellation">Stops after the step that is running, or between two answers of <c>eval_questions</c>; a checkpoint is then written.</param>
    /// <returns>Whether the run is finished; if not, it was stopped.</returns>
    /// <exception cref="InvalidDataException">A loss or gradient is not a number, or a sample cannot be used and none may be skipped.</exception>
    /// <exception cref="Imaging.ImageFormatException">A picture of <c>eval_questions</c> cannot be decoded.</exception>
    /// <exception cref="IOException">A file cannot be written; the checkpoints are as they were.</exception>
    public bool Run(CancellationToken cancellation)
    {
        try
        {
            TakeSteps(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Save();
            return false;
        }

        LossPlot.Write(_folder.Plot, _metrics.Lines);
        _setup.Model.Save(_folder.Path);
        _observer.Note($"{_folder.Path} holds the trained model");
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _setup.Dispose();
        _folder.Dispose();
    }

    private TrainingLoop<TrainingSequence[]> Loop() => new(_setup.Compute, _setup.Optimizer, _setup.Schedule)
    {
        Loss = _setup.Model.Loss,
        ValidLabels = batch => batch.Length == 0 ? 0 : _setup.Model.Pack(batch).ValidLabels,
        Normalization = _setup.Options.LossNormalization == "token_weighted" ? LossNormalization.TokenWeighted : LossNormalization.MicroBatchMean,
        MaxGradientNorm = _setup.Options.MaxGradNorm,
        RoundsProducts = _setup.Options.Bf16,
    };

    private SampleLoader Loader(SampleSet samples) => new(samples, _setup.Encoder, _setup.Options.BrokenSamples == "fail" ? null : skipped =>
    {
        int before = _skipped.Count;
        _skipped.Add(skipped);
        if (_skipped.Count > before)
        {
            _observer.Note($"skipped the sample {skipped.Id} of {skipped.File}: {skipped.Reason}");
        }
    });

    private void TakeSteps(CancellationToken cancellation)
    {
        var loop = Loop();
        // What a run that was stopped or killed while it measured still owes.
        MeasureAnswers(cancellation);
        for (int step = Step; step < _setup.Schedule.Steps; step = Step)
        {
            cancellation.ThrowIfCancellationRequested();
            TakeStep(loop, step);
            if (Step % _setup.Options.SaveSteps == 0 || Step == _setup.Schedule.Steps)
            {
                Save();
            }

            MeasureAnswers(cancellation);
        }
    }

    private void TakeStep(TrainingLoop<TrainingSequence[]> loop, int step)
    {
        var indices = _setup.Order.Step(step);
        TrainingSequence[][] batches = [.. indices.Select(_loader.Load)];
        StepReport report;
        try
        {
            report = loop.Step(batches);
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            string samples = string.Join(", ", indices.SelectMany(batch => batch).Select(index => _setup.Samples.NameOf(index)));
            throw new InvalidDataException($"Step {step + 1}: {error.Message} Its samples are {samples}. {_folder.Last}", error);
        }

        Count(report, [.. batches.SelectMany(batch => batch)], Step == _setup.Schedule.Steps || Step % _setup.Options.LoggingSteps == 0);
        if (_setup.Held.Count > 0 && IsMeasured)
        {
            MeasureHeldOut();
        }
    }

    private void Count(StepReport report, List<TrainingSequence> learnt, bool tell)
    {
        int tokens = learnt.Sum(sequence => sequence.Tokens.Count + (sequence.Images.Count * (_setup.Model.VisualTokens - 1)));
        _clock.Add(learnt.Count, tokens);
        if (!tell)
        {
            return;
        }

        var (samplesPerSecond, tokensPerSecond, perStep) = _clock.Lap();
        var metrics = new RunMetrics
        {
            Step = Step,
            Loss = report.Loss,
            LearningRate = report.LearningRate,
            GradNorm = report.GradientNorm,
            Samples = learnt.Count,
            Tokens = tokens,
            Labels = report.ValidLabels.Sum(),
            SamplesPerSecond = Math.Round(samplesPerSecond, 3),
            TokensPerSecond = Math.Round(tokensPerSecond, 1),
        };
        Tell(metrics, perStep * (_setup.Schedule.Steps - Step));
    }

    private void MeasureHeldOut()
    {
        var (loss, labels) = HeldOutLoss.Measure(_setup, Loader(_setup.Held));
        if (!double.IsFinite(loss))
        {
            throw new InvalidDataException($"Step {Step}: the loss of what is held out is {loss}. {_folder.Last}");
        }

        Tell(new RunMetrics { Step = Step, EvalLoss = loss, EvalLabels = labels }, TimeSpan.Zero);
        _clock.Lap();
    }

    private void Tell(RunMetrics metrics, TimeSpan left)
    {
        _metrics.Add(metrics);
        _observer.Metrics(metrics, left);
        if (_plotted == 0 || Stopwatch.GetElapsedTime(_plotted) > PlotEvery)
        {
            _plotted = Stopwatch.GetTimestamp();
            LossPlot.Write(_folder.Plot, _metrics.Lines);
        }
    }

    private void MeasureAnswers(CancellationToken cancellation)
    {
        if (_setup.Questions.Count == 0 || !IsMeasured || _metrics.Lines.Any(line => line.Step == Step && line.EvalAccuracy is not null))
        {
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        var accuracy = AnswerAccuracy.Measure(_setup, _folder.Measured, cancellation);
        Tell(new RunMetrics { Step = Step, EvalAccuracy = accuracy.All, EvalAccuracyByKind = new Dictionary<string, double>(accuracy.ByKind), EvalQuestions = accuracy.Questions }, TimeSpan.Zero);
        _clock.Lap();
    }

    private RunState State() => new(Step, _setup.Samples.Fingerprint, _setup.Compute.Kernels.Name, _setup.Options);

    private void Save()
    {
        if (_folder.Checkpoints is not [.., var newest] || newest.Step != Step)
        {
            _folder.Write(Step, _setup.Options.SaveTotalLimit, folder => RunCheckpoint.Write(folder, _setup.Optimizer, State()));
        }
    }

    private void Resume()
    {
        if (_folder.Checkpoints is not [.., var newest])
        {
            return;
        }

        var state = RunCheckpoint.ReadState(newest.Path);
        if (state.DifferenceTo(State()) is { Length: > 0 } difference)
        {
            throw new ArgumentException($"The run in {_folder.Path} has another configuration: {difference}. Repeat its configuration, or name another output_dir.");
        }

        if (state.Kernels != _setup.Compute.Kernels.Name)
        {
            _observer.Note($"the run began with the kernels {state.Kernels} and goes on with {_setup.Compute.Kernels.Name}: its last bits may differ");
        }

        RunCheckpoint.Restore(newest.Path, _setup.Optimizer, state);
        _observer.Note($"going on after step {Step} from {newest.Path}");
    }
}
