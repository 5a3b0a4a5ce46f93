using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Text;

namespace Fovea;

/// <summary>
/// Questions and answers about some pictures and videos, on one cache: a further question computes only what is new. If an answer fails or is cancelled, its question is
/// taken back. One question at a time.
/// </summary>
public sealed class Conversation : IDisposable
{
    private readonly VisionLanguageModel _model;
    private readonly Sequence _sequence;
    private readonly List<ChatMessage> _messages = [];
    private readonly List<Image> _images = [];
    private readonly List<VisualItem> _videos = [];

    internal Conversation(VisionLanguageModel model, Sequence sequence)
    {
        _model = model;
        _sequence = sequence;
    }

    /// <summary>What was said.</summary>
    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>Asks a question, with pictures that are new to the conversation.</summary>
    /// <param name="question">The question.</param>
    /// <param name="images">New pictures.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="onText">Told every new piece of text.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="ArgumentException">The conversation does not fit the model's context, or an option is wrong.</exception>
    public Task<GenerationResult> AskAsync(
        string question, IReadOnlyList<Image>? images = null, AnswerOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default) =>
        AskAsync(question, images ?? [], [], options, onText, cancellation);

    /// <summary>Asks a question, with pictures and videos that are new to the conversation.</summary>
    /// <param name="question">The question.</param>
    /// <param name="images">New pictures.</param>
    /// <param name="videos">New videos.</param>
    /// <param name="options">How to answer.</param>
    /// <param name="onText">Told every new piece of text.</param>
    /// <param name="cancellation">Stops the answer.</param>
    /// <exception cref="ArgumentException">The conversation does not fit the model's context, or an option is wrong.</exception>
    /// <exception cref="NotSupportedException">The model takes no videos.</exception>
    public async Task<GenerationResult> AskAsync(
        string question, IReadOnlyList<Image> images, IReadOnlyList<VisualItem> videos, AnswerOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        var (saidBefore, imagesBefore, videosBefore) = (_messages.Count, _images.Count, _videos.Count);
        _images.AddRange(images);
        _videos.AddRange(videos);
        _messages.Add(ChatMessage.User(question, images.Count, videos.Count));
        try
        {
            var result = await _model.RunAsync(_messages, _images, _videos, options ?? new AnswerOptions(), _sequence, onText, cancellation).ConfigureAwait(false);
            _messages.Add(ChatMessage.Assistant(result.Text.Trim()));
            return result;
        }
        catch
        {
            _messages.RemoveRange(saidBefore, _messages.Count - saidBefore);
            _images.RemoveRange(imagesBefore, _images.Count - imagesBefore);
            _videos.RemoveRange(videosBefore, _videos.Count - videosBefore);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sequence.Dispose();
}
