using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;
using Fovea.Training.Optimization;

namespace Fovea.Training.Runs;

/// <summary>The model that a run begins with: a checkpoint as it is, or with a QueCC projector put before its language model.</summary>
internal sealed class BaseModel
{
    private const string Compression = "mm_vision_token_compression_type", Kernel = "mm_vision_token_compression_kernel_size", Stride = "mm_vision_token_compression_stride";

    private readonly TrainingOptions _options;
    private readonly CheckpointFolder _folder;

    /// <exception cref="InvalidDataException">The model's <c>config.json</c> is damaged.</exception>
    /// <exception cref="IOException">There is no such model.</exception>
    public BaseModel(TrainingOptions options)
    {
        _options = options;
        _folder = CheckpointFolder.Open(options.ModelNameOrPath);
        if (IsOriginal)
        {
            _folder = CheckpointFolder.Open(options.ModelNameOrPath, new LoadOptions
            {
                Overrides = new JsonObject { ["image_aspect_ratio"] = options.ImageAspectRatio, ["tokenizer_model_max_length"] = options.ModelMaxLength },
            });
        }
    }

    /// <summary>Whether it is LLaVA in its authors' layout, whose config says how pictures are prepared.</summary>
    private bool IsOriginal => _folder.Config.TryGetProperty("mm_vision_tower", out _);

    /// <summary>Whether a new projector, or one of an earlier run, takes the place of its own.</summary>
    private bool GetsProjector => _options.MmVisionTokenCompressionType is not null && !(Has(Compression) && _options.PretrainMmMlpAdapter is null);

    /// <summary>Reads the model.</summary>
    /// <exception cref="ArgumentException">The options of QueCC do not fit it, or leave nothing to train.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="NotSupportedException">It cannot be trained.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public TrainableModel Load(Compute compute)
    {
        var model = GetsProjector
            ? DifferentiableLlava.Start(_folder, Start(), IsTrained, compute, _options.GradientCheckpointing)
            : TrainableModel.Load(_folder, IsTrained, compute, _options.GradientCheckpointing);
        try
        {
            Check(model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Reads tokenizer and template.</summary>
    /// <exception cref="NotSupportedException">There is no such template.</exception>
    /// <exception cref="IOException">There is no tokenizer.</exception>
    public SampleEncoder Encoder(int visualTokens) =>
        new(_folder, _options.Version, _options.ModelMaxLength, visualTokens, _options.ImageAspectRatio == "pad" && !IsOriginal && !GetsProjector);

    private QueccStart Start() => new()
    {
        Kernel = _options.MmVisionTokenCompressionKernelSize ?? 0,
        Stride = _options.MmVisionTokenCompressionStride ?? 0,
        ProjectorType = _options.MmProjectorType ?? "mlp2x_gelu",
        SelectLayer = _options.MmVisionSelectLayer,
        ImageAspectRatio = _options.ImageAspectRatio,
        MaxLength = _options.ModelMaxLength,
        VisionTower = _options.VisionTower,
        Projector = _options.PretrainMmMlpAdapter,
        Seed = unchecked((ulong)_options.Seed),
    };

    private bool IsTrained(string name) => ParameterNames.IsProjector(name) ? !_options.FreezeMmMlpAdapter : !_options.TuneMmMlpAdapter && !_options.FreezeBackbone;

    private bool Has(string key) => _folder.Config.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    private void Check(TrainableModel model)
    {
        if (model.Trained.Count == 0)
        {
            throw new ArgumentException($"{_folder.Path} has no parameter that these options would train.");
        }

        if (_options.MmVisionTokenCompressionType is null)
        {
            return;
        }

        CheckKey(Kernel, _options.MmVisionTokenCompressionKernelSize);
        CheckKey(Stride, _options.MmVisionTokenCompressionStride);
        int hidden = model.Parameters.First(parameter => parameter.Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal)).Shape[1];
        if (_options.MmVisionOutputTextEmbeddingSize is { } width && width != hidden)
        {
            throw new ArgumentException($"mm_vision_output_text_embedding_size is {width}, but the hidden size of the language model is {hidden}.");
        }

        if (_options.MmVisionOutputTokenCount is { } count && Compressed(count) != model.VisualTokens)
        {
            throw new ArgumentException(
                $"mm_vision_output_token_count is {count}, which {Kernel} and {Stride} do not make {model.VisualTokens} tokens of, as they do of the tokens that the vision encoder gives.");
        }
    }

    private void CheckKey(string name, int? wanted)
    {
        if (!GetsProjector && _folder.Config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetInt32() is var own && own != wanted)
        {
            throw new ArgumentException($"{name} is {wanted}, but the model was made with {own}; leave the mm_vision options out to train it as it is.");
        }
    }

    private int Compressed(int count)
    {
        int side = (int)Math.Round(Math.Sqrt(count)), kernel = _options.MmVisionTokenCompressionKernelSize ?? 1, stride = Math.Max(1, _options.MmVisionTokenCompressionStride ?? 1);
        int cells = ((side - kernel) / stride) + 1;
        return side * side == count ? cells * cells : 0;
    }
}
