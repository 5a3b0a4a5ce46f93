using System.Text.Json;
using Fovea.Imaging.Processors;
using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging;

/// <summary>
/// Turns pictures into what a vision encoder takes: resized, cut into tiles or patches, rescaled and normalised, to the last bit as transformers 4.57 with
/// Pillow 13
/// (slow) or torchvision 0.28 (fast). Safe for use by several threads.
/// </summary>
public abstract class ImageProcessor
{
    private protected ImageProcessor(PixelSettings pixels)
    {
        Pixels = pixels;
        Table = new PixelTable(pixels);
    }

    /// <summary>Which implementation is followed.</summary>
    public ProcessorVariant Variant => Pixels.Variant;

    /// <summary>The mean color, with which pictures are padded.</summary>
    internal IReadOnlyList<byte> Background => Pixels.Background;

    private protected PixelSettings Pixels { get; }

    private protected PixelTable Table { get; }

    /// <summary>
    /// Reads the processor of a checkpoint: <c>preprocessor_config.json</c>, and <c>config.json</c> for the model type and for what the original layouts of
    /// LLaVA
    /// (<c>image_aspect_ratio</c>, with the encoder's own folder named by <c>mm_vision_tower</c>) and of InternVL (<c>dynamic_image_size</c>) keep there.
    /// </summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <param name="variant">Slow or fast; by default what transformers takes for this checkpoint, see <see cref="Parse"/>.</param>
    /// <param name="config">What to read instead of <c>config.json</c>, such as its content with other values.</param>
    /// <exception cref="InvalidDataException">A file is not well formed, or names a processor that does not exist here; the message names file, key and
    /// reason.</exception>
    /// <exception cref="FileNotFoundException">There is no <c>preprocessor_config.json</c>.</exception>
    public static ImageProcessor Load(string folder, ProcessorVariant? variant = null, JsonElement? config = null) =>
        CheckpointProcessors.LoadImage(folder, variant, config);

    /// <summary>
    /// Reads a processor in the form of <c>preprocessor_config.json</c>. <c>image_processor_type</c> (or <c>feature_extractor_type</c>) names it, else the
    /// model type. A name that
    /// ends in <c>Fast</c> is fast, <c>Qwen2VLImageProcessor</c> is always fast, CLIP, SigLIP and LLaVA-NeXT-Video models are always slow, and everything
    /// else is slow.
    /// </summary>
    /// <param name="config">The object.</param>
    /// <param name="modelType"><c>model_type</c> of the checkpoint's <c>config.json</c>, where it is known.</param>
    /// <param name="variant">Slow or fast, whatever the rule says.</param>
    /// <exception cref="InvalidDataException">A key has a value that is not possible, or the processor does not exist here.</exception>
    public static ImageProcessor Parse(JsonElement config, string? modelType = null, ProcessorVariant? variant = null) =>
        KnownProcessors.CreateImage(new ConfigReader(config, "preprocessor_config.json"), modelType, variant);

    /// <summary>
    /// Processes the pictures of one prompt. How many there are matters: LLaVA-OneVision cuts a single picture into tiles and pads several to squares.
    /// </summary>
    /// <param name="imagesOfOnePrompt">The pictures in the order of their placeholders; at least one.</param>
    /// <param name="workers">Threads that share the pictures; by default the caller does all. The result is the same.</param>
    /// <exception cref="ArgumentException">
    /// There is no picture; a picture has a shape that the model refuses or that is too large when resized; or the pictures come out in different sizes and
    /// cannot lie in one tensor.
    /// </exception>
    public ProcessedImages Process(IReadOnlyList<Image> imagesOfOnePrompt, Workers? workers = null) => imagesOfOnePrompt.Count > 0
        ? ProcessPictures(imagesOfOnePrompt, workers)
        : throw new ArgumentException("There are no pictures to process.", nameof(imagesOfOnePrompt));

    /// <summary>
    /// Draws what the encoder sees of a picture, its numbers turned back into 8-bit samples: the grid of tiles as one picture, with the view of the whole picture below
    /// it where there is one; for the Qwen models the resized picture.
    /// </summary>
    /// <param name="processed">What <see cref="Process"/> gave.</param>
    /// <param name="index">Which of its pictures.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such picture.</exception>
    public Image Draw(ProcessedImages processed, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, processed.Images.Count);
        return DrawPicture(processed.Pixels, processed.Images[index]);
    }

    private protected abstract ProcessedImages ProcessPictures(IReadOnlyList<Image> images, Workers? workers);

    private protected abstract Image DrawPicture(Tensor pixels, ProcessedImage image);
}
