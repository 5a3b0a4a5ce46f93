using Fovea.Models.InternVl;
using Fovea.Models.Llava;
using Fovea.Models.Qwen;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>The catalogue of model families: one line each.</summary>
public static class KnownModels
{
    /// <summary>All families.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new("internvl", "InternVL3", InternVlModel.Load) { Names = _ => InternVlWeightNames.Rules },
        new("internvl_chat", "InternVL (original layout)", InternVlModel.Load) { Names = _ => InternVlWeightNames.Rules },
        new("llava", "LLaVA-1.5", LlavaModel.Load) { Names = _ => LlavaWeightNames.Rules },
        new("llava_llama", "LLaVA in the original layout, on Llama, with QueCC or without", OriginalLlavaModel.Load) { Names = OriginalWeights.Rules },
        new("llava_mistral", "LLaVA in the original layout, on Mistral", OriginalLlavaModel.Load) { Names = OriginalWeights.Rules },
        new("llava_next", "LLaVA-NeXT (1.6)", LlavaModel.Load) { Names = _ => LlavaWeightNames.Rules },
        new("llava_onevision", "LLaVA-OneVision", LlavaModel.Load) { Names = _ => LlavaWeightNames.Rules },
        new("llava_qwen", "LLaVA in the original layout, on Qwen2", OriginalLlavaModel.Load) { Names = OriginalWeights.Rules },
        new("qwen2_vl", "Qwen2-VL", QwenVlModel.Load) { Names = _ => QwenWeightNames.Rules },
        new("qwen2_5_vl", "Qwen2.5-VL", QwenVlModel.Load) { Names = _ => QwenWeightNames.Rules },
        new("qwen3_vl", "Qwen3-VL", QwenVlModel.Load) { Names = _ => QwenWeightNames.Rules },
        new("qwen3_vl_moe", "Qwen3-VL with experts", QwenVlModel.Load) { Names = _ => QwenWeightNames.Rules },
        new("video_llava", "Video-LLaVA", LlavaModel.Load) { Names = _ => LlavaWeightNames.Rules },
    ];

    /// <summary>Loads the model of a folder by the <c>model_type</c> of its config.</summary>
    /// <param name="path">A folder in the Hugging Face layout.</param>
    /// <param name="compute">Packs the weights.</param>
    /// <param name="options">How it is loaded; none = as the checkpoint says.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops loading.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="NotSupportedException">The model type is unknown; the message lists the known ones.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static MultimodalModel Load(
        string path, Compute compute, LoadOptions? options = null, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        var folder = CheckpointFolder.Open(path, options);
        var model = Find(folder).Load(folder, compute, progress, cancellation);
        model.PackedCache?.Complete();
        return model;
    }

    /// <summary>The family of a folder.</summary>
    /// <exception cref="NotSupportedException">The model type is unknown.</exception>
    public static ModelFamily Find(CheckpointFolder folder)
    {
        var config = new ConfigReader(System.IO.Path.Combine(folder.Path, "config.json"), folder.Config);
        string type = config.Text("model_type");
        // The authors' own checkpoints of LLaVA-1.5 have the model type that the Hugging Face layout took over.
        bool original = type == "llava" && (config.Has("mm_vision_tower") || (!config.Has("text_config") && !config.Has("vision_config")));
        return All.FirstOrDefault(family => family.ModelType == (original ? "llava_llama" : type))
            ?? throw new NotSupportedException(
                $"{folder.Path}: the model type '{type}' is not supported; known are {string.Join(", ", All.Select(family => $"{family.ModelType} ({family.Name})"))}.");
    }
}
