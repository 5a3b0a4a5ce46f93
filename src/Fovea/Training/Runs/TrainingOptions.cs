using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Training.Runs;

/// <summary>
/// A training run. Every property is a key of its configuration and a <c>--set name=value</c>; those that LLaVA and the QueCC repository have are called as
/// there. Deviations of the defaults: computing in bf16 and gradient checkpointing are off, and checkpoints are written more often.
/// </summary>
/// <remarks>Source: haotian-liu/LLaVA and locuslab/llava-token-compression, the arguments of train.py.</remarks>
public sealed record TrainingOptions
{
    /// <summary>The model to begin with.</summary>
    [Description("folder of the model to begin with")]
    public string ModelNameOrPath { get; init; } = "";

    /// <summary>The template.</summary>
    [Description("template of the conversations: v1, vicuna_v1, llava_v1, plain, or chat_template for the model's own")]
    public string Version { get; init; } = "v1";

    /// <summary>The samples.</summary>
    [JsonConverter(typeof(TextsConverter))]
    [Description("files in LLaVA's JSON format or Parquet (.parquet, or a folder of them), or scenes:seed=1,count=20000 for pictures that are drawn while training")]
    public IReadOnlyList<string> DataPath { get; init; } = [];

    /// <summary>Where their pictures are.</summary>
    [JsonConverter(typeof(TextsConverter))]
    [Description("folder of the pictures: one for each file of data_path, or one for all")]
    public IReadOnlyList<string> ImageFolder { get; init; } = [];

    /// <summary>Padding.</summary>
    [Description("square: the middle of a picture is cut out; pad: the picture is padded to a square with the mean color")]
    public string ImageAspectRatio { get; init; } = "square";

    /// <summary>What becomes of samples that cannot be used.</summary>
    [Description("skip: samples that cannot be used are left out and listed in skipped.jsonl; fail: the first of them ends the run")]
    public string BrokenSamples { get; init; } = "skip";

    /// <summary>Stage 1.</summary>
    [Description("trains the projector alone (stage 1)")]
    public bool TuneMmMlpAdapter { get; init; }

    /// <summary>A projector that was trained before.</summary>
    [Description("QueCC: projector of an earlier run to begin with: its folder, or its mm_projector.bin; none = a fresh one")]
    public string? PretrainMmMlpAdapter { get; init; }

    /// <summary>Keeps the language model.</summary>
    [Description("leaves the language model as it is")]
    public bool FreezeBackbone { get; init; }

    /// <summary>Keeps the projector.</summary>
    [Description("leaves the projector as it is")]
    public bool FreezeMmMlpAdapter { get; init; }

    /// <summary>The projector's layers.</summary>
    [Description("QueCC: what follows it, linear or mlp with a number of layers; none = mlp2x_gelu")]
    public string? MmProjectorType { get; init; }

    /// <summary>The vision encoder.</summary>
    [Description("QueCC: folder of the vision encoder, for a language model that has none; none = that of the model")]
    public string? VisionTower { get; init; }

    /// <summary>What queries are made of.</summary>
    [Description("QueCC: hidden state of the vision encoder that queries are made of, from the end if negative; none = that of the model, else -2")]
    public int? MmVisionSelectLayer { get; init; }

    /// <summary>QueCC or none.</summary>
    [Description("quecc: the projector compresses the visual tokens for the question; none = the model's own projector")]
    public string? MmVisionTokenCompressionType { get; init; }

    /// <summary>What enters QueCC.</summary>
    [Description("QueCC: visual tokens that enter it; none = those of the model")]
    public int? MmVisionOutputTokenCount { get; init; }

    /// <summary>Width of the text feature.</summary>
    [Description("QueCC: width of the question's feature, the hidden size of the language model; none = that")]
    public int? MmVisionOutputTextEmbeddingSize { get; init; }

    /// <summary>Stored and never used.</summary>
    [Description("QueCC: kept in config.json, without effect")]
    public int? MmVisionOutputCombinedTokenCount { get; init; }

    /// <summary>k.</summary>
    [Description("QueCC: side of the convolution's window")]
    public int? MmVisionTokenCompressionKernelSize { get; init; }

    /// <summary>s.</summary>
    [Description("QueCC: stride of the convolution; a grid of g becomes ((g - kernel) / stride + 1) a side")]
    public int? MmVisionTokenCompressionStride { get; init; }

    /// <summary>The result.</summary>
    [Description("folder for the result, the checkpoints, metrics.jsonl, skipped.jsonl and loss.svg")]
    public string OutputDir { get; init; } = "";

    /// <summary>Epochs.</summary>
    [Description("passes over the samples; may be a fraction")]
    public double NumTrainEpochs { get; init; } = 1;

    /// <summary>Steps.</summary>
    [Description("steps in place of epochs; none or -1 = by num_train_epochs")]
    public int? MaxSteps { get; init; }

    /// <summary>Micro-batch.</summary>
    [Description("samples of a micro-batch")]
    public int PerDeviceTrainBatchSize { get; init; } = 8;

    /// <summary>Micro-batches of a step.</summary>
    [Description("micro-batches of a step")]
    public int GradientAccumulationSteps { get; init; } = 4;

    /// <summary>Longest sample.</summary>
    [Description("most tokens of a sample, visual tokens included; what is longer is cut off")]
    public int ModelMaxLength { get; init; } = 2048;

    /// <summary>Sampler.</summary>
    [Description("batches of pictures or of texts, of similar lengths")]
    public bool GroupByModalityLength { get; init; }

    /// <summary>Rate.</summary>
    [Description("highest learning rate")]
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>Rate of the projector.</summary>
    [Description("highest learning rate of the projector; none = learning_rate")]
    public double? MmProjectorLr { get; init; }

    /// <summary>Schedule.</summary>
    [Description("cosine, linear, constant or constant_with_warmup")]
    public string LrSchedulerType { get; init; } = "cosine";

    /// <summary>Share of the warm-up.</summary>
    [Description("share of the steps in which the rate rises from zero")]
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>Steps of the warm-up.</summary>
    [Description("steps in which the rate rises; over 0, in place of warmup_ratio")]
    public int WarmupSteps { get; init; }

    /// <summary>Decay.</summary>
    [Description("AdamW: decay of weights, not of biases and norms")]
    public double WeightDecay { get; init; }

    /// <summary>β₁.</summary>
    [Description("AdamW: memory of the mean gradient")]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>β₂.</summary>
    [Description("AdamW: memory of the mean squared gradient")]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>ε.</summary>
    [Description("AdamW: added to the root of the mean squared gradient")]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Clipping.</summary>
    [Description("gradients longer than this together are shortened; none = never, as under LLaVA's DeepSpeed files")]
    public double? MaxGradNorm { get; init; }

    /// <summary>What losses are divided by.</summary>
    [Description("micro_batch_mean: each micro-batch by its own labels; token_weighted: a step by all its labels")]
    public string LossNormalization { get; init; } = "micro_batch_mean";

    /// <summary>Precision of products.</summary>
    [Description("rounds what enters matrix products to bf16; weights and sums stay f32. Not faster: it shows what bf16 training does")]
    public bool Bf16 { get; init; }

    /// <summary>Less memory.</summary>
    [Description("keeps the inputs of layers alone and computes the layers once more on the way back")]
    public bool GradientCheckpointing { get; init; }

    /// <summary>Seed.</summary>
    [Description("of the order of the samples and of fresh weights")]
    public int Seed { get; init; } = 42;

    /// <summary>Threads.</summary>
    [Description("threads; none = one for each processor. The result does not depend on it")]
    public int? Threads { get; init; }

    /// <summary>How often metrics are kept.</summary>
    [Description("steps between two lines of metrics.jsonl and of progress")]
    public int LoggingSteps { get; init; } = 1;

    /// <summary>How often checkpoints are kept.</summary>
    [Description("steps between two checkpoints; there is always one after the last step")]
    public int SaveSteps { get; init; } = 500;

    /// <summary>How many checkpoints are kept.</summary>
    [Description("most checkpoints that are kept, the newest; none = all")]
    public int? SaveTotalLimit { get; init; } = 1;

    /// <summary>Samples that are held out.</summary>
    [JsonConverter(typeof(TextsConverter))]
    [Description("as data_path: samples whose loss is measured and that are not learnt")]
    public IReadOnlyList<string> EvalDataPath { get; init; } = [];

    /// <summary>Their pictures.</summary>
    [JsonConverter(typeof(TextsConverter))]
    [Description("as image_folder, for eval_data_path")]
    public IReadOnlyList<string> EvalImageFolder { get; init; } = [];

    /// <summary>Questions that are held out.</summary>
    [Description("folder of questions as fovea eval takes it: how many of them are answered rightly is measured")]
    public string? EvalQuestions { get; init; }

    /// <summary>How many of them.</summary>
    [Description("most questions of eval_questions, of each kind its share; none = all")]
    public int? EvalQuestionsCount { get; init; }

    /// <summary>How often both are measured.</summary>
    [Description("steps between two measurements of eval_data_path and eval_questions; none = after the last step alone")]
    public int? EvalSteps { get; init; }
}
