using System.Text.Json;
using Fovea.Imaging;
using Fovea.Imaging.Processors;
using Fovea.Text;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;

namespace Fovea.Golden;

/// <summary>The samples of <c>training/loop/data</c>, their pictures padded to squares of the background, if there is one.</summary>
internal sealed class LoopSamples(string folder, string version, Tokenizer tokenizer, byte[]? background)
{
    private const int MaxLength = 2048;

    private readonly ConversationEncoder _encoder = new(tokenizer, version, MaxLength);
    private readonly Dictionary<string, JsonElement> _samples = Directory.EnumerateFiles(folder, "*.json")
        .SelectMany(file => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(file)).EnumerateArray())
        .ToDictionary(sample => sample.GetProperty("id").GetString() ?? "");

    public TrainingSequence this[string id]
    {
        get
        {
            string? picture = _samples[id].TryGetProperty("image", out var image) ? image.GetString() : null;
            var turns = _samples[id].GetProperty("conversations").EnumerateArray()
                .Select(turn => new ConversationTurn(turn.GetProperty("from").GetString() ?? "", turn.GetProperty("value").GetString() ?? "")).ToList();
            var labelled = _encoder.Encode(turns, picture is not null);
            return new TrainingSequence(labelled.Ids, labelled.Labels, picture is null ? [] : [Square(Image.Load(Path.Combine(folder, picture)))]);
        }
    }

    private Image Square(Image image) => background is null ? image : Canvas.PadToSquare(image, background);
}
