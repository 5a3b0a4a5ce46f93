using Fovea.Imaging;
using Fovea.Imaging.Processors;
using Fovea.Models;
using Fovea.Text;
using Fovea.Training.Differentiable;

namespace Fovea.Training.Data;

/// <summary>Samples to what a model learns: text in a template, pictures padded, no longer than allowed.</summary>
public sealed class SampleEncoder
{
    /// <summary>The version that stands for the model's own chat template.</summary>
    public const string OwnTemplate = "chat_template";

    private readonly Func<IReadOnlyList<ConversationTurn>, bool, LabelledPrompt> _encode;
    private readonly byte[]? _background;
    private readonly int _longest;
    private readonly int _visualTokens;

    /// <summary>Reads tokenizer and template of a checkpoint.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="version">v1, vicuna_v1, llava_v1, plain, or <see cref="OwnTemplate"/>.</param>
    /// <param name="longest">Most tokens of a sample, visual tokens included.</param>
    /// <param name="visualTokens">Visual tokens of a picture.</param>
    /// <param name="padsPictures">Whether pictures are padded to squares with the mean color; if not, the model's processor alone decides.</param>
    /// <exception cref="InvalidDataException">A file of the checkpoint is damaged.</exception>
    /// <exception cref="NotSupportedException">Another version, or a checkpoint without chat template.</exception>
    /// <exception cref="IOException">The checkpoint has no tokenizer.</exception>
    public SampleEncoder(CheckpointFolder folder, string version, int longest, int visualTokens, bool padsPictures)
    {
        var tokenizer = Tokenizer.Load(folder.Path);
        (_longest, _visualTokens) = (longest, visualTokens);
        _encode = version == OwnTemplate
            ? new ChatTemplateEncoder(folder.Path, folder.Config, tokenizer).Encode
            : new ConversationEncoder(tokenizer, version, longest).Encode;
        _background = padsPictures ? [.. ImageProcessor.Load(folder.Path, folder.Processing, folder.Config).Background] : null;
    }

    /// <summary>Encodes a sample.</summary>
    /// <exception cref="InvalidDataException">Nothing can be learnt of it; the message says why.</exception>
    public TrainingSequence Encode(TrainingSample sample)
    {
        var prompt = Prompt(sample);
        int places = prompt.Ids.Count(id => id == TrainingSequence.Picture);
        if (places != sample.Pictures.Count)
        {
            throw new InvalidDataException($"it has {sample.Pictures.Count} pictures for {places} places in its text");
        }

        int kept = Kept(prompt.Ids);
        if (prompt.IsMismatch || prompt.Labels.Take(kept).Skip(1).All(label => label == LabelledPrompt.Ignored))
        {
            throw new InvalidDataException(prompt.IsMismatch ? "its rounds cannot be told apart" : $"it has no answer within {_longest} tokens");
        }

        // Pictures behind the cut are gone with their places.
        int pictures = prompt.Ids.Take(kept).Count(id => id == TrainingSequence.Picture);
        return new TrainingSequence(prompt.Ids[..kept], prompt.Labels[..kept], [.. sample.Pictures.Take(pictures).Select(Square)]);
    }

    private LabelledPrompt Prompt(TrainingSample sample)
    {
        try
        {
            return _encode(sample.Turns, sample.Pictures.Count > 0);
        }
        catch (ChatTemplateException refused)
        {
            throw new InvalidDataException(refused.Message, refused);
        }
    }

    /// <summary>How many ids fit with the visual tokens of their pictures; a picture fits whole or not at all.</summary>
    private int Kept(int[] ids)
    {
        long length = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            length += ids[i] == TrainingSequence.Picture ? _visualTokens : 1;
            if (length > _longest)
            {
                return i;
            }
        }

        return ids.Length;
    }

    private Image Square(Image picture) => _background is null ? picture : Canvas.PadToSquare(picture, _background);
}
