using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fovea.Imaging;
using Fovea.Models;

namespace Fovea.Generation;

/// <summary>A prompt as ids, with what a sequence already holds of it taken off.</summary>
internal sealed class PromptLayout
{
    private readonly int[] _ids;
    private readonly int _imageToken;

    private PromptLayout(int[] ids, int imageToken, IReadOnlyList<Image> images)
    {
        _ids = ids;
        _imageToken = imageToken;
        Images = images;
        Hashes = [.. images.Select(Hash)];
    }

    /// <summary>All pictures of the prompt.</summary>
    public IReadOnlyList<Image> Images { get; }

    /// <summary>A hash of each picture's pixels.</summary>
    public IReadOnlyList<string> Hashes { get; }

    /// <summary>Tokenises a prompt.</summary>
    /// <exception cref="ArgumentException">Not as many placeholders as pictures; the message gives both numbers.</exception>
    public static PromptLayout Of(MultimodalModel model, string prompt, IReadOnlyList<Image> images)
    {
        string? bos = model.Tokenizer.BosId is { } id ? model.Tokenizer.TokenOf(id) : null;
        bool hasBos = !string.IsNullOrEmpty(bos) && prompt.StartsWith(bos, StringComparison.Ordinal);
        int[] ids = model.Tokenizer.Encode(prompt, addSpecialTokens: !hasBos);
        int placeholders = ids.Count(token => token == model.ImageTokenId);
        return placeholders == images.Count
            ? new PromptLayout(ids, model.ImageTokenId, images)
            : throw new ArgumentException($"The prompt has {placeholders} image placeholders, but {images.Count} images were given.");
    }

    /// <summary>The ids with every placeholder repeated once per visual token of its image.</summary>
    /// <param name="tokens">Visual tokens of each image.</param>
    public int[] Expand(IReadOnlyList<int> tokens)
    {
        var expanded = new List<int>(_ids.Length);
        int image = 0;
        foreach (int id in _ids)
        {
            if (id == _imageToken)
            {
                CollectionsMarshal.SetCount(expanded, expanded.Count + tokens[image]);
                CollectionsMarshal.AsSpan(expanded)[^tokens[image]..].Fill(id);
                image++;
            }
            else
            {
                expanded.Add(id);
            }
        }

        return [.. expanded];
    }

    /// <summary>How many pictures in front the sequence already holds.</summary>
    public int HeldBy(Sequence sequence)
    {
        int held = 0;
        while (held < Hashes.Count && held < sequence.Pictures.Count && sequence.Pictures[held].Hash == Hashes[held])
        {
            held++;
        }

        return held;
    }

    private static string Hash(Image image)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(image.Width));
        hash.AppendData(image.Rgb);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
