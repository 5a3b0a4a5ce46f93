using System.Text.Json;
using Fovea.Imaging.Processors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging;

/// <summary>
/// Turns the frames of a video into what a vision encoder takes, and says which frames to take. Resizing is always that of torchvision, to the last bit as
/// transformers 4.57. Safe for use by several threads.
/// </summary>
public abstract class VideoProcessor
{
    private protected VideoProcessor(PixelSettings pixels, FrameRule rule)
    {
        Pixels = pixels;
        Table = new PixelTable(pixels);
        Rule = rule;
    }

    /// <summary>How many frames the file asks for; neither number nor rate if it asks for none.</summary>
    public FrameRequest Default => Rule.Default;

    private protected PixelSettings Pixels { get; }

    private protected PixelTable Table { get; }

    private protected FrameRule Rule { get; }

    /// <summary>
    /// Reads the video processor of a checkpoint: <c>video_preprocessor_config.json</c>, else <c>preprocessor_config.json</c>, and <c>config.json</c> for
    /// the model type.
    /// </summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <param name="variant">Fast, as transformers has it, or slow for processors that treat every frame as a picture.</param>
    /// <param name="config">What to read instead of <c>config.json</c>, such as its content with other values.</param>
    /// <exception cref="InvalidDataException">A file is not well formed, or the model takes no videos; the message names file, key and reason.</exception>
    /// <exception cref="FileNotFoundException">There is neither of the files.</exception>
    public static VideoProcessor Load(string folder, ProcessorVariant? variant = null, JsonElement? config = null) =>
        CheckpointProcessors.LoadVideo(folder, variant, config);

    /// <summary>Reads a processor in the form of <c>video_preprocessor_config.json</c>; <c>video_processor_type</c> names it, else the model type.</summary>
    /// <param name="config">The object.</param>
    /// <param name="modelType"><c>model_type</c> of the checkpoint's <c>config.json</c>, where it is known.</param>
    /// <exception cref="InvalidDataException">A key has a value that is not possible, or the processor does not exist here.</exception>
    public static VideoProcessor Parse(JsonElement config, string? modelType = null) =>
        KnownVideoProcessors.Create(new ConfigReader(config, "video_preprocessor_config.json"), modelType, null);

    /// <summary>
    /// The frames to take, in order. What is asked for goes before what the file says; a file asks only if <c>do_sample_frames</c> is true, which is the
    /// default for
    /// Qwen3-VL alone. If nobody asks, all frames are taken.
    /// </summary>
    /// <param name="totalFrames">Frames of the video, at least 1.</param>
    /// <param name="framesPerSecond">Its frame rate; null if it is not known, which Qwen3-VL takes for 24 and the other rules need only for a wanted
    /// rate.</param>
    /// <param name="request">A number of frames or a rate.</param>
    /// <exception cref="ArgumentException">More frames are wanted than there are, none would be taken, or the rate of the video is needed and not
    /// known.</exception>
    public IReadOnlyList<int> SelectFrames(int totalFrames, double? framesPerSecond, FrameRequest? request = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalFrames, 1);
        return Rule.Select(totalFrames, framesPerSecond, request ?? Rule.Default);
    }

    /// <summary>Processes the chosen frames of one video.</summary>
    /// <param name="frames">The frames in order, at least one, all of one size.</param>
    /// <param name="workers">Threads that share the frames; by default the caller does all. The result is the same.</param>
    /// <exception cref="ArgumentException">There is no frame, frames have different sizes, or the model refuses their number or shape.</exception>
    public ProcessedVideo Process(IReadOnlyList<Image> frames, Workers? workers = null)
    {
        if (frames.Count == 0)
        {
            throw new ArgumentException("There are no frames to process.", nameof(frames));
        }

        var size = ImageSize.Of(frames[0]);
        var other = frames.FirstOrDefault(frame => ImageSize.Of(frame) != size);
        return other is null
            ? ProcessFrames(frames, workers)
            : throw new ArgumentException($"The frames have different sizes: {size} and {ImageSize.Of(other)} pixels.", nameof(frames));
    }

    private protected abstract ProcessedVideo ProcessFrames(IReadOnlyList<Image> frames, Workers? workers);

    /// <summary>Applies a step to every frame.</summary>
    private protected static Image[] ForEach(IReadOnlyList<Image> frames, Func<Image, Image> step, Workers? workers)
    {
        var results = new Image[frames.Count];
        new FrameWork(frames, step, results).Run(frames.Count, workers);
        return results;
    }

    private readonly struct FrameWork(IReadOnlyList<Image> frames, Func<Image, Image> step, Image[] results) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                results[i] = step(frames[i]);
            }
        }
    }
}
