using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Text;

namespace Fovea;

/// <summary>
/// Questions and answers about some pictures, on one cache: a further question computes only what is new. If an answer fails or is cancelled, its question is
/// taken back. One question at a time.
/// </summary>
public sealed class Conversation : IDisposable
{
    private readonly VisionLanguageModel _model;
    private readonly Sequence _sequence;
    private readonly List<ChatMessage> _messages = [];
    private readonly List<Image> _images = [];

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
    public async Task<GenerationResult> AskAsync(
        string question, IReadOnlyList<Image>? images = null, AnswerOptions? options = null, Action<string>? onText = null, CancellationToken cancellation = default)
    {
        int messages = _messages.Count, pictures = _images.Count;
        _images.AddRange(images ?? []);
        _messages.Add(ChatMessage.User(question, images?.Count ?? 0));
        try
        {
            var result = await _model.RunAsync(_messages, _images, options ?? new AnswerOptions(), _sequence, onText, cancellation).ConfigureAwait(false);
            _messages.Add(ChatMessage.Assistant(result.Text.Trim()));
            return result;
        }
        catch
        {
            _messages.RemoveRange(messages, _messages.Count - messages);
            _images.RemoveRange(pictures, _images.Count - pictures);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sequence.Dispose();
}
