namespace Fovea.Training.Runs;

/// <summary>What the values of a configuration must fulfil together.</summary>
internal static class TrainingOptionsCheck
{
    private static readonly string[] Schedules = ["cosine", "linear", "constant", "constant_with_warmup"];

    /// <exception cref="ArgumentException">A value is out of its range, or two contradict each other; the message names the options.</exception>
    public static void Check(TrainingOptions options)
    {
        Given("model_name_or_path", options.ModelNameOrPath);
        Given("output_dir", options.OutputDir);
        OneOf("image_aspect_ratio", options.ImageAspectRatio, "square", "pad");
        OneOf("broken_samples", options.BrokenSamples, "skip", "fail");
        OneOf("loss_normalization", options.LossNormalization, "micro_batch_mean", "token_weighted");
        OneOf("lr_scheduler_type", options.LrSchedulerType, Schedules);
        AtLeastOne("per_device_train_batch_size", options.PerDeviceTrainBatchSize);
        AtLeastOne("gradient_accumulation_steps", options.GradientAccumulationSteps);
        AtLeastOne("model_max_length", options.ModelMaxLength);
        AtLeastOne("logging_steps", options.LoggingSteps);
        AtLeastOne("save_steps", options.SaveSteps);
        AtLeastOne("save_total_limit", options.SaveTotalLimit ?? 1);
        AtLeastOne("eval_steps", options.EvalSteps ?? 1);
        AtLeastOne("eval_questions_count", options.EvalQuestionsCount ?? 1);
        AtLeastOne("threads", options.Threads ?? 1);
        Range("num_train_epochs", options.NumTrainEpochs, options.NumTrainEpochs is > 0 and <= 1e6, "over 0");
        Range("max_steps", options.MaxSteps ?? 1, options.MaxSteps is null or -1 or >= 1, "at least 1, or -1 to go by num_train_epochs");
        Range("learning_rate", options.LearningRate, options.LearningRate is > 0 and < double.PositiveInfinity, "over 0");
        Range("mm_projector_lr", options.MmProjectorLr ?? 1, options.MmProjectorLr is null or (> 0 and < double.PositiveInfinity), "over 0");
        Range("warmup_ratio", options.WarmupRatio, options.WarmupRatio is >= 0 and <= 1, "between 0 and 1");
        Range("warmup_steps", options.WarmupSteps, options.WarmupSteps >= 0, "at least 0");
        Range("weight_decay", options.WeightDecay, options.WeightDecay is >= 0 and < double.PositiveInfinity, "at least 0");
        Range("adam_beta1", options.AdamBeta1, options.AdamBeta1 is >= 0 and < 1, "in [0, 1)");
        Range("adam_beta2", options.AdamBeta2, options.AdamBeta2 is >= 0 and < 1, "in [0, 1)");
        Range("adam_epsilon", options.AdamEpsilon, options.AdamEpsilon is > 0 and < double.PositiveInfinity, "over 0");
        Range("max_grad_norm", options.MaxGradNorm ?? 1, options.MaxGradNorm is null or > 0, "over 0");
        CheckData(options);
        CheckTogether(options);
    }

    private static void CheckData(TrainingOptions options)
    {
        if (options.DataPath.Count == 0)
        {
            throw new ArgumentException("data_path is missing: name at least one file of samples.");
        }

        Folders("image_folder", options.ImageFolder.Count, "data_path", options.DataPath.Count);
        Folders("eval_image_folder", options.EvalImageFolder.Count, "eval_data_path", options.EvalDataPath.Count);
        Refuse(
            options.EvalSteps is not null && options.EvalDataPath.Count == 0 && options.EvalQuestions is null,
            "eval_steps needs eval_data_path or eval_questions: say what to measure.");
        Refuse(options.EvalQuestionsCount is not null && options.EvalQuestions is null, "eval_questions_count needs eval_questions: say which questions to ask.");
    }

    private static void CheckTogether(TrainingOptions options)
    {
        Refuse(options.TuneMmMlpAdapter && options.FreezeMmMlpAdapter, "tune_mm_mlp_adapter trains the projector and freeze_mm_mlp_adapter keeps it as it is: choose one.");
        Refuse(
            Path.GetFullPath(options.OutputDir) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.ModelNameOrPath)),
            "output_dir is the folder of model_name_or_path: the model to begin with would be written over.");
        Refuse(options.FreezeBackbone && options.FreezeMmMlpAdapter, "freeze_backbone and freeze_mm_mlp_adapter together leave nothing to train.");
        Refuse(
            options.TuneMmMlpAdapter && options.MmProjectorLr is { } own && own != options.LearningRate,
            "tune_mm_mlp_adapter trains the projector alone, at learning_rate: leave mm_projector_lr out.");
        Refuse(options.FreezeMmMlpAdapter && options.MmProjectorLr is not null, "mm_projector_lr is a rate of the projector, which freeze_mm_mlp_adapter keeps as it is: leave one out.");
        bool sized = options.MmVisionTokenCompressionKernelSize is not null && options.MmVisionTokenCompressionStride is not null;
        OneOf("mm_vision_token_compression_type", options.MmVisionTokenCompressionType ?? "quecc", "quecc");
        Refuse(
            options.MmVisionTokenCompressionType is not null && !sized,
            "mm_vision_token_compression_type quecc needs mm_vision_token_compression_kernel_size and mm_vision_token_compression_stride.");
        Refuse(
            options.MmVisionTokenCompressionType is null && options.PretrainMmMlpAdapter is not null,
            "pretrain_mm_mlp_adapter needs mm_vision_token_compression_type quecc: other models bring their projector along.");
        Refuse(
            options.MmVisionTokenCompressionType is null && (options.MmVisionTokenCompressionKernelSize ?? options.MmVisionTokenCompressionStride) is not null,
            "mm_vision_token_compression_kernel_size and mm_vision_token_compression_stride belong to mm_vision_token_compression_type quecc, which is missing.");
    }

    private static void Folders(string folders, int count, string files, int needed) =>
        Refuse(count > 1 && count != needed, $"{folders} names {count} folders for {needed} entries of {files}: name one for each, or one for all.");

    private static void Given(string name, string value) => Refuse(value.Length == 0, $"{name} is missing.");

    private static void OneOf(string name, string value, params string[] known) =>
        Refuse(!known.Contains(value), $"{name} is '{value}'; it can be {string.Join(", ", known)}.");

    private static void AtLeastOne(string name, int value) => Refuse(value < 1, $"{name} is {value}; it must be at least 1.");

    private static void Range(string name, double value, bool holds, string range) => Refuse(!holds, $"{name} is {value}; it must be {range}.");

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new ArgumentException(message);
        }
    }
}
