using Fovea.Models;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Runs;

namespace Fovea.Tests.Training.Runs;

/// <summary>What the tape holds at most lies within a factor of 1.2 of the formula.</summary>
public sealed class TrainingMemoryTests(ITestOutputHelper output) : IDisposable
{
    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Trait("kind", "property")]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Activations_OfAStep_AreThoseOfTheFormula(bool checkpointing, bool whole, bool bf16)
    {
        var options = _folder.Options(
            ("model_name_or_path", Repository.Path("models/foveola/model")), ("version", "chat_template"), ("data_path", "scenes:count=16,seed=9"),
            ("tune_mm_mlp_adapter", !whole), ("gradient_checkpointing", checkpointing), ("bf16", bf16));
        using var compute = new Compute();
        var checkpoint = CheckpointFolder.Open(options.ModelNameOrPath);
        using var model = TrainableModel.Load(checkpoint, name => whole || name.Contains("projector", StringComparison.Ordinal), compute, checkpointing);
        using var samples = SampleSet.Open(options.DataPath, []);
        var batch = new SampleLoader(samples, new SampleEncoder(checkpoint, options.Version, 2048, model.VisualTokens, padsPictures: false), null).Load(Enumerable.Range(0, 16));
        var packed = model.Pack(batch);
        using (var tape = new Tape(compute) { RoundsProducts = bf16 })
        {
            tape.Backward(model.Loss(tape, batch, 1));
        }

        double ratio = (double)compute.Arena.Peak / TrainingMemory.Of(model, options, packed.Tokens.Count, packed.ValidLabels).Activations;
        output.WriteLine($"{compute.Arena.Peak} bytes, {ratio:F3} of the formula");
        Assert.InRange(ratio, 1 / 1.2, 1.2);
    }
}
