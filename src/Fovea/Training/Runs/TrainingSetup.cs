using Fovea.Evaluation;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Training.Runs;

/// <summary>Everything that a configuration names, opened: samples, model, optimizer, schedule. Disposing it frees all of it.</summary>
public sealed class TrainingSetup : IDisposable
{
    private readonly Stack<IDisposable> _owned = [];

    private TrainingSetup(TrainingOptions options)
    {
        Options = options;
        try
        {
            Samples = Own(SampleSet.Open(options.DataPath, options.ImageFolder));
            Held = Own(SampleSet.Open(options.EvalDataPath, options.EvalImageFolder));
            CheckSamples(options, Samples, Held);
            Questions = QuestionsOf(options);
            Compute = Own(new Compute(Own(new Workers(options.Threads ?? Environment.ProcessorCount))));
            var model = new BaseModel(options);
            Model = Own(model.Load(Compute));
            Encoder = model.Encoder(Model.VisualTokens);
            Order = new SampleOrder(
                Samples.WordCounts, options.PerDeviceTrainBatchSize, options.GradientAccumulationSteps, unchecked((ulong)options.Seed), options.GroupByModalityLength);
            Schedule = ScheduleOf(options, Order.StepsPerEpoch);
            double projector = options.MmProjectorLr is { } own ? own / options.LearningRate : 1;
            Optimizer = Own(new AdamW(ParameterGroup.Of(Model.Trained, options.WeightDecay, projector))
            {
                Beta1 = options.AdamBeta1,
                Beta2 = options.AdamBeta2,
                Epsilon = options.AdamEpsilon,
            });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The configuration.</summary>
    public TrainingOptions Options { get; }

    /// <summary>What the run is going to do.</summary>
    /// <exception cref="InvalidDataException">A sample cannot be used and none may be skipped.</exception>
    public TrainingPlan Plan => new()
    {
        Model = Options.ModelNameOrPath,
        VisualTokens = Model.VisualTokens,
        Parameters = Model.Parameters.Sum(parameter => parameter.Shape.Count),
        TrainedParameters = Model.Trained.Sum(parameter => parameter.Shape.Count),
        Trained = [.. Model.Trained.Select(parameter => $"{parameter.Name} {parameter.Shape}")],
        Samples = Samples.Count,
        Skipped = Samples.Skipped.Count + Held.Skipped.Count,
        EvalSamples = Held.Count,
        EvalQuestions = Questions.Count,
        StepsPerEpoch = Order.StepsPerEpoch,
        Steps = Schedule.Steps,
        WarmupSteps = Schedule.WarmupSteps,
        Memory = Memory(),
    };

    internal Compute Compute { get; }

    internal TrainableModel Model { get; }

    internal SampleSet Samples { get; }

    /// <summary>What is measured and not learnt.</summary>
    internal SampleSet Held { get; }

    /// <summary>What is asked to measure.</summary>
    internal IReadOnlyList<EvaluationQuestion> Questions { get; }

    internal SampleEncoder Encoder { get; }

    internal SampleOrder Order { get; }

    internal LearningRateSchedule Schedule { get; }

    internal AdamW Optimizer { get; }

    /// <summary>Opens what a configuration names.</summary>
    /// <exception cref="ArgumentException">Nothing would be trained, or an option does not fit the model.</exception>
    /// <exception cref="InvalidDataException">There is no sample, a sample cannot be used and none may be skipped, or a file of the model or the questions is damaged.</exception>
    /// <exception cref="NotSupportedException">The model, or the template for it, cannot be trained.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TrainingSetup Open(TrainingOptions options) => new(options);

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    /// <summary>The memory of a micro-batch of the samples with the most words.</summary>
    private TrainingMemory Memory()
    {
        var longest = Enumerable.Range(0, Samples.Count).OrderByDescending(i => Math.Max(Samples.WordCounts[i], 0)).Take(Options.PerDeviceTrainBatchSize);
        var packed = Model.Pack(new SampleLoader(Samples, Encoder, Options.BrokenSamples == "fail" ? null : _ => { }).Load(longest));
        return TrainingMemory.Of(Model, Options, packed.Tokens.Count, packed.ValidLabels);
    }

    private T Own<T>(T opened)
        where T : IDisposable
    {
        _owned.Push(opened);
        return opened;
    }

    private static void CheckSamples(TrainingOptions options, SampleSet samples, SampleSet held)
    {
        SkippedSample[] skipped = [.. samples.Skipped, .. held.Skipped];
        if (options.BrokenSamples == "fail" && skipped.Length > 0)
        {
            throw SampleLoader.Refused(skipped[0]);
        }

        if (samples.Count == 0 || (held.Count == 0 && options.EvalDataPath.Count > 0))
        {
            string why = skipped.Length > 0 ? $" {skipped.Length} cannot be used; of {skipped[0].Id}: {skipped[0].Reason}." : "";
            throw new InvalidDataException($"There is no sample in {string.Join(", ", samples.Count == 0 ? options.DataPath : options.EvalDataPath)}.{why}");
        }
    }

    private static IReadOnlyList<EvaluationQuestion> QuestionsOf(TrainingOptions options)
    {
        if (options.EvalQuestions is not { } folder)
        {
            return [];
        }

        var questions = QuestionSet.Load(folder).Spread(options.EvalQuestionsCount ?? int.MaxValue);
        return questions.FirstOrDefault(question => !File.Exists(question.Image)) is { } blind
            ? throw new FileNotFoundException($"eval_questions {folder}: the picture {blind.Image} of the question {blind.Id} is missing.", blind.Image)
            : questions;
    }

    private static LearningRateSchedule ScheduleOf(TrainingOptions options, int stepsPerEpoch)
    {
        double steps = options.MaxSteps is { } most and > 0 ? most : Math.Ceiling(stepsPerEpoch * options.NumTrainEpochs);
        if (steps > int.MaxValue)
        {
            throw new ArgumentException($"num_train_epochs is {options.NumTrainEpochs}: that makes more than {int.MaxValue} steps.");
        }

        var kind = options.LrSchedulerType switch
        {
            "cosine" => ScheduleKind.Cosine,
            "linear" => ScheduleKind.Linear,
            _ => ScheduleKind.Constant,
        };
        var schedule = LearningRateSchedule.WithWarmup(kind, options.LearningRate, (int)steps, options.LrSchedulerType == "constant" ? 0 : options.WarmupRatio);
        return options.WarmupSteps > 0 && options.LrSchedulerType != "constant" ? schedule with { WarmupSteps = options.WarmupSteps } : schedule;
    }
}
