using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea;

/// <summary>
/// A loaded vision-language model. Safe for concurrent use: requests queue, and each one's answer is the same as if it were alone.
/// </summary>
public sealed class VisionLanguageModel : IDisposable
{
    private readonly Compute _compute;
    private readonly Generator _generator;
    private readonly SemaphoreSlim _turn = new(1);

    private VisionLanguageModel(MultimodalModel model, Compute compute)
    {
        Model = model;
        _compute = compute;
        _generator = new Generator(model, compute, cache: FeatureCache);
    }

    /// <summary>The parts of the model.</summary>
    public MultimodalModel Model { get; }

    /// <summary>
    /// What the vision encoder made of pictures, kept so that a further question about them does not encode them again; answers are the same to the last bit.
    /// Its capacity is set here; 0 turns it off.
    /// </summary>
    public VisionFeatureCache FeatureCache { get; } = new();

    /// <summary>Loads a checkpoint folder in the Hugging Face layout.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How it is loaded; none = as the checkpoint says.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops loading.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer threads than one.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="NotSupportedException">The model type is unknown.</exception>
    public static Task<VisionLanguageModel> LoadAsync(
        string path, LoadOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            var compute = new Compute(options?.Threads ?? Environment.ProcessorCount, options?.Kernels ?? KernelSet.Default);
            try
            {
                return new VisionLanguageModel(KnownModels.Load(path, compute, options, progress is null ? null : progress.Report, cancellation), compute);
            }
            catch
            {
                compute.Dispose();
                throw;
            }
        },
        cancellation);

    /// <summary>Answers a question about a picture, piece by piece as the text comes. Ending the enumeration early stops the work.</summary>
    /// <exception cref="ArgumentException">The request does not fit the model.</exception>
    public IAsyncEnumerable<string> AnswerAsync(Image image, string question, AnswerOptions? options = null, CancellationToken cancellation = default) =>
        AnswerAsync([image], question, options, cancellation);

    /// <summary>Answers a question about some pictures, or none, piece by piece as the text comes.</summary>
    /// <exception cref="ArgumentException">The request does not fit the model.</exception>
    public async IAsyncEnumerable<string> AnswerAsync(
        IReadOnlyList<Image> images, string question, AnswerOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pieces = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var work = AskAsync(images, question, options, piece => pieces.Writer.TryWrite(piece), stop.Token);
        _ = work.ContinueWith(finished => pieces.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (string piece in pieces.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return piece;
            }
        }
        finally
        {
            if (!work.IsCompleted)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await work.ConfigureAwait(false);
    }

    /// <summary>Answers a question about some pictures, or none, and reports what it cost.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="onText">Told every new piece of text.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="ArgumentException">The request does not fit the model.</exception>
    public Task<GenerationResult> AskAsync(
        IReadOnlyList<Image> images, string question, AnswerOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default) =>
        AskAsync(images, [], question, options, onText, cancellation);

    /// <summary>Answers a question about pictures and videos, in this order, and reports what it cost.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="videos">The videos, from <see cref="LoadVideoAsync"/> or of the caller's own frames.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="onText">Told every new piece of text.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="ArgumentException">The request does not fit the model.</exception>
    /// <exception cref="NotSupportedException">The model takes no videos.</exception>
    public Task<GenerationResult> AskAsync(
        IReadOnlyList<Image> images, IReadOnlyList<VisualItem> videos, string question, AnswerOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default) =>
        RunAsync([ChatMessage.User(question, images.Count, videos.Count)], images, videos, options ?? new AnswerOptions(), null, onText, cancellation);

    /// <summary>Reads frames of a video as the model takes them; <c>ffmpeg</c> must be installed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frames">How many frames, chosen by the family's own rule; none = as many as the checkpoint asks for, or eight if it asks for none.</param>
    /// <param name="cancellation">Stops before reading.</param>
    /// <exception cref="NotSupportedException">The model takes no videos.</exception>
    /// <exception cref="ArgumentException">More frames are wanted than there are.</exception>
    /// <exception cref="ImageFormatException"><c>ffmpeg</c> is missing, or the file has no video that it can read.</exception>
    public Task<VisualItem> LoadVideoAsync(string path, FrameRequest? frames = null, CancellationToken cancellation = default)
    {
        var processor = Videos();
        return Task.Run(() => VisualItem.Load(path, processor, frames), cancellation);
    }

    /// <summary>Answers prompts together in one batch. A method of token reduction that fails, fails its own request only: its result says why.</summary>
    /// <exception cref="ArgumentException">A request does not fit the model.</exception>
    public async Task<IReadOnlyList<GenerationResult>> GenerateAsync(IReadOnlyList<GenerationRequest> requests, CancellationToken cancellation = default)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => _generator.Generate(requests, cancellation), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Begins a conversation; dispose it when it ends.</summary>
    public Conversation StartConversation() => new(this, new Sequence(Model.LanguageModel.NewCache()));

    /// <inheritdoc/>
    public void Dispose()
    {
        FeatureCache.Dispose();
        Model.Dispose();
        _compute.Dispose();
        _turn.Dispose();
    }

    internal async Task<GenerationResult> RunAsync(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<Image> images,
        IReadOnlyList<VisualItem> videos,
        AnswerOptions options,
        Sequence? sequence,
        Action<string>? onText,
        CancellationToken cancellation)
    {
        if (videos.Count > 0)
        {
            _ = Videos();
        }

        var request = new GenerationRequest
        {
            Prompt = Model.Prompt(messages),
            Images = [.. images],
            Videos = [.. videos],
            Plan = options.Plan,
            Sampling = options.Sampling,
            MaxNewTokens = options.MaxNewTokens,
            StopTexts = options.StopTexts,
            Sequence = sequence,
            OnText = onText,
        };
        return (await GenerateAsync([request], cancellation).ConfigureAwait(false))[0].Checked();
    }

    private VideoProcessor Videos() => Model.Videos ?? throw new NotSupportedException($"The model takes pictures, not videos ({Model.Family}).");
}
