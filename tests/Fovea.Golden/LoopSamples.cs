using System.Text.Json;
using Fovea.Imaging;
using Fovea.Imaging.Processors;
using Fovea.Tensors.Autograd;
using Fovea.Text;
using Fovea.Training.Differentiable;

namespace Fovea.Golden;

/// <summary>
/// The samples of <c>training/loop/data</c> as the reference's dataset makes them: templates v1 and plain, labels, image tokens expanded, pictures padded to squares of
/// the background, if there is one.
/// </summary>
internal sealed class LoopSamples(string folder, string version, Tokenizer tokenizer, int imageToken, int visualTokens, byte[]? background)
{
    private const int Placeholder = -200, MaxLength = 2048;
    private const string System =
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private readonly Dictionary<string, JsonElement> _samples = Directory.EnumerateFiles(folder, "*.json")
        .SelectMany(file => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(file)).EnumerateArray())
        .ToDictionary(sample => sample.GetProperty("id").GetString() ?? "");

    public TrainingSequence this[string id]
    {
        get
        {
            var sample = _samples[id];
            string[] turns = [.. sample.GetProperty("conversations").EnumerateArray().Select(turn => Turn(turn.GetProperty("value").GetString() ?? ""))];
            var (tokens, labels) = version switch
            {
                "plain" => Plain(turns),
                "v1" => V1(turns),
                _ => throw new GoldenMismatchException($"the template {version} is not understood"),
            };
            var images = sample.TryGetProperty("image", out var image) ? [Square(Image.Load(Path.Combine(folder, image.GetString() ?? "")))] : Array.Empty<Image>();
            int[] counts = [.. tokens.Select(token => token == Placeholder ? visualTokens : 1)];
            return new TrainingSequence(
                [.. tokens.SelectMany((token, i) => Enumerable.Repeat(token == Placeholder ? imageToken : token, counts[i]))],
                [.. labels.SelectMany((label, i) => Enumerable.Repeat(label == Placeholder ? Tape.IgnoredLabel : label, counts[i]))],
                images);
        }
    }

    private Image Square(Image image) => background is null ? image : Canvas.PadToSquare(image, background);

    private static string Turn(string text) =>
        text.Contains("<image>", StringComparison.Ordinal) ? ("<image>\n" + text.Replace("<image>", "", StringComparison.Ordinal).Trim()).Trim() : text;

    private (int[] Tokens, int[] Labels) Plain(string[] turns)
    {
        int[] tokens = Encode("<image>" + turns[1] + "\n");
        int[] labels = [.. tokens];
        Array.Fill(labels, Tape.IgnoredLabel, 0, Encode("<image>").Length);
        return (tokens, labels);
    }

    private (int[] Tokens, int[] Labels) V1(string[] turns)
    {
        const string Answer = " ASSISTANT: ";
        string text = System + " " + string.Concat(turns.Select((turn, i) => i % 2 == 0 ? $"USER: {turn} " : $"ASSISTANT: {turn}</s>"));
        int[] tokens = Encode(text);
        int[] labels = [.. tokens];
        labels[0] = Tape.IgnoredLabel;
        int at = 1;
        foreach (var (index, round) in text.Split("</s>").Index())
        {
            string[] parts = round.Split(Answer);
            if (round.Length == 0 || parts.Length != 2)
            {
                break;
            }

            // Inside a run "USER" takes one token less than at its start.
            int shorter = index == 0 ? 0 : 1;
            int length = Encode(round).Length - shorter, instruction = Encode(parts[0] + Answer).Length - 2 - shorter;
            Array.Fill(labels, Tape.IgnoredLabel, at, instruction);
            at += length;
        }

        Array.Fill(labels, Tape.IgnoredLabel, at, labels.Length - at);
        if (at < MaxLength && at != tokens.Length)
        {
            Array.Fill(labels, Tape.IgnoredLabel);
        }

        return (tokens, labels);
    }

    private int[] Encode(string text)
    {
        int[][] pieces = [.. text.Split("<image>").Select(piece => tokenizer.Encode(piece))];
        return [.. pieces[0], .. pieces[1..].SelectMany(piece => (int[])[Placeholder, .. piece[1..]])];
    }
}
