using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Training.Runs;

namespace Fovea.Tests.Training.Runs;

/// <summary>Both stages of QueCC, begun on foveola.</summary>
public sealed class QueccRunTests : IDisposable
{
    private readonly TrainingFolder _folder = new();

    private (string, JsonNode?)[] Quecc =>
    [
        ("model_name_or_path", Repository.Path("models/foveola/model")), ("version", "chat_template"), ("data_path", "scenes:count=20,questions=2"), ("max_steps", 4),
        ("mm_vision_token_compression_type", "quecc"), ("mm_vision_token_compression_kernel_size", 4), ("mm_vision_token_compression_stride", 4),
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("kind", "end-to-end")]
    public void Run_OfBothStages_GoesOnAfterAStopAndGivesAModelThatLoads()
    {
        string first = _folder.In("first"), stopped = _folder.In("stopped"), second = _folder.In("second");
        TrainingFolder.Run(_folder.Options([.. Quecc, ("output_dir", first), ("tune_mm_mlp_adapter", true)]));
        var options = _folder.Options([.. Quecc, ("output_dir", stopped), ("tune_mm_mlp_adapter", true)]);
        using (var run = TrainingRun.Open(options, resume: false, new RunObserver()))
        {
            Assert.False(run.Run(new CancellationToken(canceled: true)));
        }

        TrainingFolder.Run(options, resume: true);
        Assert.Equal(TrainingFolder.Result(first), TrainingFolder.Result(stopped));
        TrainingFolder.Run(_folder.Options([.. Quecc, ("pretrain_mm_mlp_adapter", first), ("output_dir", second)]));
        TrainingFolder.Run(_folder.Options([.. Quecc, ("model_name_or_path", first), ("output_dir", _folder.In("third"))]));
        Assert.Equal(TrainingFolder.Metrics(second)[0], TrainingFolder.Metrics(_folder.In("third"))[0]);
        using var compute = new Compute();
        using var model = KnownModels.Load(second, compute);
        Assert.Equal(6, model.LanguageModel.Layers.Count);
    }

    [Theory]
    [InlineData("mm_vision_output_token_count", 576, "mm_vision_output_token_count is 576")]
    [InlineData("mm_vision_output_text_embedding_size", 4096, "mm_vision_output_text_embedding_size is 4096")]
    [InlineData("mm_vision_token_compression_stride", 1, "")]
    [InlineData("mm_vision_token_compression_kernel_size", 0, "")]
    [InlineData("mm_vision_token_compression_stride", 0, "")]
    public void Open_WithSizesThatDoNotFit_NamesThem(string option, int value, string message)
    {
        var options = _folder.Options([.. Quecc, (option, value)]);
        var error = Assert.ThrowsAny<Exception>(() => TrainingRun.Open(options, resume: false, new RunObserver()).Dispose());
        Assert.True(error is ArgumentException or InvalidDataException, error.ToString());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
