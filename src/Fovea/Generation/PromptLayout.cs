using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fovea.Models;

namespace Fovea.Generation;

/// <summary>A prompt as ids, with its pictures and videos in the order in which they are read.</summary>
internal sealed class PromptLayout
{
    private readonly MultimodalModel _model;
    private readonly int[] _ids;

    private PromptLayout(MultimodalModel model, int[] ids, IReadOnlyList<VisualItem> items)
    {
        _model = model;
        _ids = ids;
        Items = items;
        Question = items.Count > 0 ? model.Question(ids) : [];
        Hashes = [.. items.Select(item => Hash(item, Question))];
    }

    /// <summary>All pictures and videos of the prompt.</summary>
    public IReadOnlyList<VisualItem> Items { get; }

    /// <summary>What the visual tokens depend on beside the pictures: the ids of the question, or empty.</summary>
    public int[] Question { get; }

    /// <summary>A hash of each one's pixels and times, and of the question.</summary>
    public IReadOnlyList<string> Hashes { get; }

    /// <summary>Tokenises a prompt.</summary>
    /// <exception cref="ArgumentException">Not as many placeholders as pictures or videos; the message gives both numbers.</exception>
    public static PromptLayout Of(MultimodalModel model, GenerationRequest request)
    {
        int[] ids = model.Encode(request.Prompt);
        CheckCount("image", ids.Count(token => token == model.ImageTokenId), request.Images.Count);
        CheckCount("video", ids.Count(token => token == model.VideoTokenId), request.Videos.Count);
        var items = new List<VisualItem>();
        int image = 0, video = 0;
        foreach (int token in ids.Where(model.IsVisual))
        {
            items.Add(token == model.ImageTokenId ? VisualItem.Of(request.Images[image++]) : request.Videos[video++]);
        }

        return new PromptLayout(model, ids, items);
    }

    /// <summary>The ids with every placeholder expanded.</summary>
    /// <param name="tokens">Visual tokens of each item.</param>
    public int[] Expand(IReadOnlyList<int> tokens) => _model.Expand(_ids, Items, tokens);

    /// <summary>How many items in front the sequence already holds.</summary>
    public int HeldBy(Sequence sequence)
    {
        int held = 0;
        while (held < Hashes.Count && held < sequence.Pictures.Count && sequence.Pictures[held].Hash == Hashes[held])
        {
            held++;
        }

        return held;
    }

    private static void CheckCount(string kind, int placeholders, int given)
    {
        if (placeholders != given)
        {
            throw new ArgumentException($"The prompt has {placeholders} {kind} placeholders, but {given} {kind}s were given.");
        }
    }

    private static string Hash(VisualItem item, ReadOnlySpan<int> question)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (double time in item.FrameTimes.Append(item.FramesPerSecond ?? 0))
        {
            hash.AppendData(BitConverter.GetBytes(time));
        }

        hash.AppendData(BitConverter.GetBytes(question.Length));
        hash.AppendData(MemoryMarshal.AsBytes(question));
        hash.AppendData([item.IsVideo ? (byte)1 : (byte)0]);
        foreach (var frame in item.Frames)
        {
            hash.AppendData(BitConverter.GetBytes(frame.Width));
            hash.AppendData(frame.Rgb);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
