using Fovea.Imaging;
using Fovea.Imaging.Processors;
using Fovea.Models.Quecc;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>
/// LLaVA in its authors' own layout: LLaVA-1.5 (arXiv 2310.03744) with the vision encoder in a folder of its own, LLaVA-NeXT (1.6) and LLaVA-OneVision
/// (arXiv 2408.03326) with the encoder inside. Pictures stand in the text as <c>&lt;image&gt;</c>, which is no token: the text is cut there.
/// </summary>
public class OriginalLlavaModel : LlavaModel
{
    internal const string ProjectorFile = "mm_projector.bin";

    private const string ImageStart = "<im_start>";
    private const string ImageEnd = "<im_end>";

    private readonly bool _marksImages;
    private readonly int _longest;

    private protected OriginalLlavaModel(LlavaParts parts, ConfigReader config)
        : base(parts)
    {
        _marksImages = config.Flag("mm_use_im_start_end", false);
        _longest = config.Has("tokenizer_model_max_length") ? config.Count("tokenizer_model_max_length") : int.MaxValue;
        foreach (string mark in new[] { ImageStart, ImageEnd })
        {
            if (_marksImages && !(Tokenizer.IdOf(mark) is { } id && id < LanguageModel.Config.VocabSize))
            {
                throw config.Wrong("mm_use_im_start_end", $"false, or the tokenizer must have the token {mark}");
            }
        }
    }

    /// <summary>
    /// Builds the model. A folder with <c>mm_projector.bin</c> and no model, as the first stage of training leaves it, takes the language model with its
    /// tokenizer from the folder that <c>_name_or_path</c> names.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="IOException">The folder of the vision encoder, or of the language model that a projector alone was made for, is not there.</exception>
    public static new MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var keys = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        string towerPath = VisionTowerFolder.Find(folder.Path, VisionTowerFolder.Named(folder.Config) ?? throw keys.Wrong("mm_vision_tower", "the vision encoder"));
        var towerFolder = CheckpointFolder.Open(towerPath);
        var config = OriginalConfig.Read(keys, new ConfigReader(Path.Combine(towerPath, "config.json"), towerFolder.Config));
        var language = LanguageFolder(folder, keys);
        var stored = new List<CheckpointReader>();
        try
        {
            var main = Keep(language.OpenWeights());
            var projector = language == folder ? null : Keep(TorchReader.Open(Path.Combine(folder.Path, ProjectorFile)));
            var weights = OriginalWeights.Open(
                folder,
                (new StoredFiles(language, main, []),
                    projector is null ? null : new StoredFiles(folder, projector, []),
                    OriginalWeights.HoldTower(main) ? null : new StoredFiles(towerFolder, Keep(towerFolder.OpenWeights()), [])),
                config);
            var compressor = config.Quecc is { } quecc ? QueccLayer.Load(weights.At("quecc"), quecc, compute) : null;
            var vision = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, cancellation);
            var processor = ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);
            var videos = config.VideoTokenIndex is null ? null : VideoProcessor.Load(folder.Path, folder.Processing, folder.Config);
            var parts = new LlavaParts(folder, config, weights, vision, compute, progress, cancellation, language)
            {
                Stored = stored,
                Layout = config.Tiled ? new TiledLayout(config, processor, videos) : new SquareLayout(config, processor),
                Videos = videos,
                Format = ConversationFormat.Load(folder),
            };
            return compressor is null
                ? new OriginalLlavaModel(parts, keys) { Matrices = weights.Matrices, PackedCache = weights.PackedCache }
                : new QueccModel(parts, keys, compressor) { Matrices = weights.Matrices, PackedCache = weights.PackedCache };
        }
        catch
        {
            stored.ForEach(reader => reader.Dispose());
            throw;
        }

        CheckpointReader Keep(CheckpointReader reader)
        {
            stored.Add(reader);
            return reader;
        }
    }

    /// <summary>Where language model and tokenizer are: the checkpoint, or what a projector alone was made for.</summary>
    internal static CheckpointFolder LanguageFolder(CheckpointFolder folder, ConfigReader keys) =>
        folder.HasWeights || !File.Exists(Path.Combine(folder.Path, ProjectorFile))
            ? folder
            : CheckpointFolder.Open(VisionTowerFolder.Find(folder.Path, keys.Text("_name_or_path"), $"the language model that {ProjectorFile} was made for,"));

    /// <inheritdoc/>
    public override string Prompt(IReadOnlyList<ChatMessage> messages) =>
        _marksImages ? base.Prompt(messages).Replace(OriginalPrompt.Image, ImageStart + OriginalPrompt.Image + ImageEnd, StringComparison.Ordinal) : base.Prompt(messages);

    /// <summary>
    /// The ids of a prompt, −200 for each <c>&lt;image&gt;</c> and −201 for each <c>&lt;video&gt;</c>. Every text between them is tokenised on its own; the
    /// beginning-of-sequence token that this puts before each stays only before the first.
    /// </summary>
    public override int[] Encode(string prompt) => OriginalPrompt.Encode(Tokenizer, prompt, withVideos: VideoTokenId is not null);

    /// <summary>As everywhere, but cut off at <c>tokenizer_model_max_length</c>.</summary>
    /// <exception cref="ArgumentException">The cut would go through a picture.</exception>
    /// <inheritdoc/>
    public override int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens)
    {
        int[] expanded = base.Expand(ids, items, tokens);
        if (expanded.Length <= _longest)
        {
            return expanded;
        }

        return Array.FindLastIndex(expanded, IsVisual) < _longest
            ? expanded[.._longest]
            : throw new ArgumentException($"The prompt has {expanded.Length} tokens; config.json cuts it to {_longest} (tokenizer_model_max_length), which would cut off a picture.");
    }
}
