using System.Text.Json.Nodes;
using Fovea.Training.Runs;

namespace Fovea.Tests.Training.Runs;

public sealed class TrainingOptionsFileTests : IDisposable
{
    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OfTheArgumentsOfBothStages_TakesThemAll()
    {
        // Every argument that the scripts of the QueCC repository pass, but for paths.
        var arguments = new Dictionary<string, JsonNode?>
        {
            ["deepspeed"] = "./scripts/zero2.json", ["vision_tower"] = "openai/clip-vit-large-patch14-336", ["mm_projector_type"] = "mlp2x_gelu", ["tune_mm_mlp_adapter"] = true,
            ["mm_vision_select_layer"] = -2, ["mm_use_im_start_end"] = false, ["mm_use_im_patch_token"] = false, ["bf16"] = "True", ["num_train_epochs"] = 1,
            ["per_device_train_batch_size"] = 16, ["per_device_eval_batch_size"] = 4, ["gradient_accumulation_steps"] = 4, ["evaluation_strategy"] = "no", ["save_strategy"] = "steps",
            ["save_steps"] = 24000, ["save_total_limit"] = 1, ["learning_rate"] = 1e-3, ["weight_decay"] = 0.0, ["warmup_ratio"] = 0.03, ["lr_scheduler_type"] = "cosine",
            ["logging_steps"] = 1, ["tf32"] = true, ["model_max_length"] = 2048, ["gradient_checkpointing"] = true, ["dataloader_num_workers"] = 4, ["lazy_preprocess"] = true,
            ["report_to"] = "wandb", ["mm_vision_token_compression_type"] = "quecc", ["mm_vision_output_text_embedding_size"] = 4096, ["mm_vision_output_token_count"] = 576,
            ["mm_vision_token_compression_kernel_size"] = 4, ["mm_vision_token_compression_stride"] = 4, ["group_by_modality_length"] = false,
        };
        var notes = new List<string>();
        var options = TrainingOptionsFile.Read(_folder.Write([.. arguments.Select(argument => (argument.Key, argument.Value))]), new Dictionary<string, string>(), notes.Add);
        Assert.True(options.TuneMmMlpAdapter && options.Bf16 && options.GradientCheckpointing);
        Assert.Equal((4, 4, 576, 4096), (options.MmVisionTokenCompressionKernelSize, options.MmVisionTokenCompressionStride, options.MmVisionOutputTokenCount, options.MmVisionOutputTextEmbeddingSize));
        Assert.Contains(notes, note => note.Contains("deepspeed has no effect", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OfSettings_PutsThemOverTheFile()
    {
        var settings = new Dictionary<string, string> { ["learning_rate"] = "2e-5", ["data_path"] = """["a.json", "b.json"]""", ["image_folder"] = "pictures", ["bf16"] = "True", ["output_dir"] = "o" };
        var options = TrainingOptionsFile.Read(_folder.Write(), settings, _ => { });
        Assert.Equal((2e-5, true, "o"), (options.LearningRate, options.Bf16, options.OutputDir));
        Assert.Equal(["a.json", "b.json"], options.DataPath);
        Assert.Equal(["pictures"], options.ImageFolder);
    }

    [Fact]
    public void Read_OfAnUnknownOption_NamesTheNearest() =>
        Assert.Contains("'learning_rat'; did you mean learning_rate?", Refused(("learning_rat", 1)), StringComparison.Ordinal);

    [Theory]
    [InlineData("lora_enable", "true", "lora_enable can only be false")]
    [InlineData("bits", "4", "bits can only be 16")]
    [InlineData("learning_rate", "\"fast\"", "learning_rate of the training run cannot be \"fast\"")]
    [InlineData("learning_rate", "0", "learning_rate is 0")]
    [InlineData("max_steps", "0", "max_steps is 0")]
    [InlineData("num_train_epochs", "-1", "num_train_epochs is -1")]
    [InlineData("per_device_train_batch_size", "0", "per_device_train_batch_size is 0")]
    [InlineData("warmup_ratio", "1.5", "warmup_ratio is 1.5")]
    [InlineData("image_aspect_ratio", "\"anyres\"", "image_aspect_ratio is 'anyres'")]
    [InlineData("lr_scheduler_type", "\"polynomial\"", "lr_scheduler_type is 'polynomial'")]
    [InlineData("data_path", "[]", "data_path is missing")]
    [InlineData("data_path", "[1]", "data_path of the training run cannot be [1]")]
    [InlineData("image_folder", "[\"a\", \"b\"]", "image_folder names 2 folders for 1 entries")]
    [InlineData("eval_steps", "5", "eval_steps needs eval_data_path or eval_questions")]
    [InlineData("eval_questions_count", "5", "eval_questions_count needs eval_questions")]
    [InlineData("eval_questions_count", "0", "eval_questions_count is 0")]
    [InlineData("output_dir", "\"\"", "output_dir is missing")]
    [InlineData("mm_vision_token_compression_type", "\"tokenpacker\"", "mm_vision_token_compression_type is 'tokenpacker'")]
    [InlineData("mm_vision_token_compression_type", "\"quecc\"", "needs mm_vision_token_compression_kernel_size")]
    [InlineData("pretrain_mm_mlp_adapter", "\"projector\"", "needs mm_vision_token_compression_type")]
    [InlineData("mm_vision_token_compression_stride", "4", "belong to mm_vision_token_compression_type")]
    public void Read_OfAWrongValue_NamesTheOption(string name, string json, string message) =>
        Assert.Contains(message, Refused((name, JsonNode.Parse(json))), StringComparison.Ordinal);

    [Fact]
    public void Read_OfContradictions_NamesBothOptions()
    {
        Assert.Contains("freeze_mm_mlp_adapter", Refused(("tune_mm_mlp_adapter", true), ("freeze_mm_mlp_adapter", true)), StringComparison.Ordinal);
        Assert.Contains("nothing to train", Refused(("freeze_backbone", true), ("freeze_mm_mlp_adapter", true)), StringComparison.Ordinal);
        Assert.Contains("mm_projector_lr", Refused(("tune_mm_mlp_adapter", true), ("mm_projector_lr", 1e-5)), StringComparison.Ordinal);
        Assert.Contains("mm_projector_lr", Refused(("freeze_mm_mlp_adapter", true), ("mm_projector_lr", 1e-5)), StringComparison.Ordinal);
        Assert.Contains("written over", Refused(("output_dir", Repository.Path("tests/golden/checkpoints/llava-train-tiny"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAFileThatIsNoObject_SaysSo()
    {
        string file = _folder.WriteSamples("[]");
        Assert.Contains("holds no JSON object", Assert.Throws<InvalidDataException>(() => TrainingOptionsFile.Read(file, new Dictionary<string, string>(), _ => { })).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "{");
        Assert.Contains("not valid JSON", Assert.Throws<InvalidDataException>(() => TrainingOptionsFile.Read(file, new Dictionary<string, string>(), _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_AreEachExplained() => Assert.All(TrainingOptionsFile.Options, option => Assert.NotEqual("", option.Meaning));

    private string Refused(params (string, JsonNode?)[] changes) => Assert.Throws<ArgumentException>(() => _folder.Options(changes)).Message;
}
