using System.Diagnostics;
using System.Globalization;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Training;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Benchmarks;

/// <summary>Steps of the trainer on foveola and scenes of its world, in this process.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private const int Batches = 8, WarmUp = 4, Questions = 6, Longest = 2048;
    private const double Rate = 1e-4;

    private readonly Compute _compute = new();
    private readonly CheckpointFolder _folder;
    private readonly TrainableModel _model;
    private readonly SampleSet _samples;
    private readonly SampleLoader _loader;
    private readonly int _batch;

    /// <summary>Reads the model.</summary>
    /// <param name="model">Its folder.</param>
    /// <param name="stage">1: the projector is trained; 2: the language model too.</param>
    /// <param name="batch">Samples of a step.</param>
    public TrainingSteps(string model, int stage, int batch)
    {
        _batch = batch;
        _folder = CheckpointFolder.Open(model);
        _model = TrainableModel.Load(_folder, name => stage == 2 || ParameterNames.IsProjector(name), _compute);
        _samples = SampleSet.Open([string.Create(CultureInfo.InvariantCulture, $"scenes:seed=1,count={batch * Batches},questions={Questions}")], []);
        _loader = new SampleLoader(_samples, new SampleEncoder(_folder, SampleEncoder.OwnTemplate, Longest, _model.VisualTokens, padsPictures: false), skip: null);
    }

    /// <summary>Takes steps and prints one JSON object as the peer's script does.</summary>
    /// <param name="rounds">Whether products are rounded to bf16.</param>
    /// <param name="draws">Whether scenes are drawn when their step comes, as <c>fovea train</c> does, or beforehand.</param>
    /// <param name="steps">Steps that are timed.</param>
    public void Run(bool rounds, bool draws, int steps)
    {
        using var optimizer = new AdamW(ParameterGroup.Of(_model.Trained, weightDecay: 0));
        var schedule = new LearningRateSchedule { Kind = ScheduleKind.Constant, Peak = Rate, Steps = WarmUp + steps };
        var loop = new TrainingLoop<TrainingSequence[]>(_compute, optimizer, schedule)
        {
            Loss = _model.Loss,
            ValidLabels = batch => _model.Pack(batch).ValidLabels,
            RoundsProducts = rounds,
        };
        TrainingSequence[][] drawn = [.. Enumerable.Range(0, Batches).Select(Draw)];
        double[] losses = new double[WarmUp + steps];
        long started = 0;
        for (int step = 0; step < losses.Length; step++)
        {
            started = step == WarmUp ? Stopwatch.GetTimestamp() : started;
            losses[step] = loop.Step([draws ? Draw(step % Batches) : drawn[step % Batches]]).Loss;
        }

        double speed = steps * _batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"samples_per_second": {{speed}}, "first_loss": {{losses[0]}}, "last_loss": {{losses[^1]}}}"""));
    }

    /// <summary>Writes the batches for the peer: <c>N.pixels</c> as the vision encoder reads them, <c>N.tokens</c> and <c>N.labels</c> filled up on the right.</summary>
    public void Write(string path)
    {
        var processor = ImageProcessor.Load(_folder.Path);
        var tensors = new Dictionary<string, Tensor>();
        foreach (int index in Enumerable.Range(0, Batches))
        {
            var samples = Draw(index);
            var packed = _model.Pack(samples);
            tensors.Add($"{index}.pixels", processor.Process([.. samples.SelectMany(sample => sample.Images)]).Pixels);
            tensors.Add($"{index}.tokens", Padded(packed.Tokens, packed.Lengths, 0));
            tensors.Add($"{index}.labels", Padded(packed.Labels, packed.Lengths, Tape.IgnoredLabel));
        }

        SafetensorsWriter.Write(path, tensors);
        tensors.Values.ToList().ForEach(tensor => tensor.Dispose());
    }

    public void Dispose()
    {
        _samples.Dispose();
        _model.Dispose();
        _compute.Dispose();
    }

    private TrainingSequence[] Draw(int index) => _loader.Load(Enumerable.Range(index * _batch, _batch));

    private static Tensor Padded(IReadOnlyList<int> values, IReadOnlyList<int> lengths, int filler)
    {
        var padded = Tensor.Allocate(ElementType.I32, new Shape(lengths.Count, lengths.Max()));
        padded.AsSpan<int>().Fill(filler);
        int start = 0;
        foreach (var (row, length) in lengths.Index())
        {
            values.Skip(start).Take(length).ToArray().CopyTo(padded.Row<int>(row));
            start += length;
        }

        return padded;
    }
}
