using Fovea.Generation;
using Fovea.Models;
using Fovea.Models.Quecc;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Text;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Tests.Training.Differentiable;

[Trait("kind", "end-to-end")]
public sealed class DifferentiableLlavaTests : IDisposable
{
    private const string HuggingFace = "tests/golden/checkpoints/llava-train-tiny", Original = "tests/golden/checkpoints/llava15-orig-tiny";
    private const string Quecc = "tests/golden/checkpoints/quecc-tiny", Foveola = "models/foveola/model";

    private readonly Compute _compute = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-training");

    public void Dispose()
    {
        _compute.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(HuggingFace)]
    [InlineData(Original)]
    [InlineData(Quecc)]
    public void Save_AfterAStep_LoadsWithTheSameLoss(string checkpoint)
    {
        var folder = CheckpointFolder.Open(Repository.Path(checkpoint));
        using var model = TrainableModel.Load(folder, _ => true, _compute);
        var batch = Batch(checkpoint);
        double before = Loss(model, batch);
        Step(model, batch);
        double after = Loss(model, batch);
        Assert.True(after < before, $"{after} is not below {before}");
        model.Save(Saved, ElementType.F32);
        using var loaded = TrainableModel.Load(CheckpointFolder.Open(Saved), _ => false, _compute);
        Assert.Equal(after, Loss(loaded, batch));
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name), loaded.Parameters.Select(parameter => parameter.Name));
    }

    [Theory]
    [InlineData(HuggingFace)]
    [InlineData(Original)]
    [InlineData(Quecc)]
    public void Save_OfAnUnchangedModel_AnswersAsBefore(string checkpoint)
    {
        using (var model = TrainableModel.Load(CheckpointFolder.Open(Repository.Path(checkpoint)), _ => false, _compute))
        {
            model.Save(Saved);
            model.Save(Saved);
        }

        using var loaded = KnownModels.Load(Saved, _compute);
        Assert.Equal(Answer(TinyModels.Load(checkpoint)), Answer(loaded));
        Assert.Equal(["saved"], _folder.GetFileSystemInfos().Select(entry => entry.Name));
        using var stored = CheckpointFolder.Open(Repository.Path(checkpoint)).OpenWeights();
        using var written = CheckpointFolder.Open(Saved).OpenWeights();
        foreach (string name in written.Names)
        {
            Assert.Equal(stored[name].ElementType, written[name].ElementType);
            Assert.True(stored[name].Bytes().SequenceEqual(written[name].Bytes()), name);
        }
    }

    [Fact]
    public void Save_IntoAFolderThatHoldsOtherThings_LeavesThem()
    {
        string note = Path.Combine(Directory.CreateDirectory(Saved).FullName, "note.md");
        File.WriteAllText(note, "mine");
        using var model = TrainableModel.Load(CheckpointFolder.Open(Repository.Path(HuggingFace)), _ => false, _compute);
        model.Save(Saved);
        Assert.Equal("mine", File.ReadAllText(note));
        Assert.True(CheckpointFolder.Open(Saved).HasWeights);
    }

    [Fact]
    public void Save_OfANumberThatTheTypeCannotHold_NamesTheWeightAndWritesNothing()
    {
        using var model = TrainableModel.Load(CheckpointFolder.Open(Repository.Path(Quecc)), _ => true, _compute);
        model.Trained[0].Value.AsSpan<float>()[0] = 1e6f;
        var error = Assert.Throws<InvalidDataException>(() => model.Save(Saved));
        Assert.Contains(model.Trained[0].Name, error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Theory]
    [InlineData(2, 36)]
    [InlineData(4, 9)]
    [InlineData(12, 1)]
    public void Start_OnALlavaInTheHuggingFaceLayout_TrainsTheProjectorAndAnswers(int kernel, int tokens)
    {
        var folder = CheckpointFolder.Open(Repository.Path(Foveola));
        using var model = DifferentiableLlava.Start(folder, new QueccStart { Kernel = kernel, Stride = kernel }, ParameterNames.IsProjector, _compute);
        Assert.Equal(tokens, model.VisualTokens);
        Assert.Equal(32, model.Trained.Count);
        Assert.Equal("model.mm_projector.0.clip_attn.in_proj_weight", model.Trained[0].Name);
        var batch = Batch(Foveola);
        double before = Loss(model, batch);
        for (int step = 0; step < 3; step++)
        {
            Step(model, batch);
        }

        double after = Loss(model, batch);
        Assert.True(after < before, $"{after} is not below {before}");
        model.Save(Saved, ElementType.F32);
        using var loaded = KnownModels.Load(Saved, _compute);
        Assert.IsType<QueccModel>(loaded);
        Assert.Single(Answer(loaded));
        using var trainable = TrainableModel.Load(CheckpointFolder.Open(Saved), _ => true, _compute);
        Assert.Equal(after, Loss(trainable, batch));
        using var again = DifferentiableLlava.Start(folder, new QueccStart { Kernel = kernel, Stride = kernel, Projector = Saved }, _ => false, _compute);
        Assert.Equal(after, Loss(again, batch));
    }

    [Fact]
    public void Start_WithASeed_GivesTheSameProjectorAndWithAnotherAnother()
    {
        var folder = CheckpointFolder.Open(Repository.Path(Quecc));
        float[] Weights(ulong seed)
        {
            using var model = DifferentiableLlava.Start(folder, new QueccStart { Kernel = 4, Stride = 4, Seed = seed }, ParameterNames.IsProjector, _compute);
            return [.. model.Trained.SelectMany(parameter => parameter.Value.AsSpan<float>().ToArray())];
        }

        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));
    }

    [Fact]
    public void Loss_WithoutLabels_IsZero()
    {
        using var model = TrainableModel.Load(CheckpointFolder.Open(Repository.Path(Quecc)), _ => true, _compute);
        Assert.Equal(0, Loss(model, [new TrainingSequence([1, 5, 6], [-100, -100, -100], [])]));
    }

    [Fact]
    public void Loss_OfSeveralPicturesInASample_FlowsToTheProjector()
    {
        using var model = TrainableModel.Load(CheckpointFolder.Open(Repository.Path(Quecc)), ParameterNames.IsProjector, _compute);
        int[] tokens = [1, TrainingSequence.Picture, 20, TrainingSequence.Picture, 21, 22];
        var sample = new TrainingSequence(tokens, [-100, -100, -100, -100, 21, 22], [TinyModels.Picture(50, 40, 1), TinyModels.Picture(40, 60, 2)]);
        Assert.True(double.IsFinite(Loss(model, [sample, new TrainingSequence([1, 7, 8], [-100, 7, 8], [])])));
        Assert.All(model.Trained, parameter => Assert.Contains(parameter.Slope.AsSpan<float>().ToArray(), slope => slope != 0));
    }

    [Fact]
    public void Load_OfAFamilyThatCannotBeTrained_SaysWhichCan()
    {
        var folder = CheckpointFolder.Open(Repository.Path("tests/golden/checkpoints/qwen2-vl-tiny"));
        var error = Assert.Throws<NotSupportedException>(() => TrainableModel.Load(folder, _ => true, _compute));
        Assert.Contains("llava_llama", error.Message, StringComparison.Ordinal);
    }

    private string Saved => Path.Combine(_folder.FullName, "saved");

    private static TrainingSequence[] Batch(string checkpoint)
    {
        var encoder = new ConversationEncoder(Tokenizer.Load(Repository.Path(checkpoint)), "v1", 2048);
        var asked = encoder.Encode([new("human", "<image>\nWhat is this?"), new("gpt", "A cat.")], hasPicture: true);
        var talked = encoder.Encode([new("human", "Hello."), new("gpt", "Yes.")], hasPicture: false);
        return [new(asked.Ids, asked.Labels, [TinyModels.Picture(50, 40, 1)]), new(talked.Ids, talked.Labels, [])];
    }

    private double Loss(TrainableModel model, TrainingSequence[] batch)
    {
        using var tape = new Tape(_compute);
        var loss = model.Loss(tape, batch, Math.Max(1, model.Pack(batch).ValidLabels));
        tape.Backward(loss);
        return loss.Value.AsSpan<float>()[0];
    }

    private void Step(TrainableModel model, TrainingSequence[] batch)
    {
        foreach (var parameter in model.Trained)
        {
            parameter.ClearGradient();
        }

        Loss(model, batch);
        double norm = GradientClipping.Norm(model.Trained);
        foreach (var parameter in model.Trained)
        {
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(parameter.Slope.AsSpan<float>(), (float)(-1e-2 / norm), parameter.Value.AsSpan<float>(), parameter.Value.AsSpan<float>());
        }
    }

    private int[] Answer(MultimodalModel model)
    {
        var request = new GenerationRequest { Prompt = model.Prompt([ChatMessage.User("What is this?", 1)]), Images = [TinyModels.Picture(50, 40, 1)], MaxNewTokens = 1 };
        return [.. new Generator(model, _compute).Generate(request).Tokens];
    }
}
