using Fovea.Imaging;
using Fovea.Training.Differentiable;

namespace Fovea.Training.Data;

/// <summary>Samples as a model learns them. What cannot be used is left out and told, or ends the loading.</summary>
/// <param name="samples">The samples.</param>
/// <param name="encoder">Makes tokens and labels of them.</param>
/// <param name="skip">Is told what is left out; none = nothing may be left out.</param>
public sealed class SampleLoader(SampleSet samples, SampleEncoder encoder, Action<SkippedSample>? skip)
{
    /// <summary>Reads samples.</summary>
    /// <param name="indices">Their numbers.</param>
    /// <exception cref="InvalidDataException">A sample cannot be used and nothing may be left out; the message names it.</exception>
    public TrainingSequence[] Load(IEnumerable<int> indices)
    {
        var sequences = new List<TrainingSequence>();
        foreach (int index in indices)
        {
            try
            {
                sequences.Add(encoder.Encode(samples.Read(index)));
            }
            catch (Exception error) when (error is InvalidDataException or ImageFormatException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                var skipped = samples.Skip(index, error.Message);
                (skip ?? throw Refused(skipped)).Invoke(skipped);
            }
        }

        return [.. sequences];
    }

    /// <summary>What is thrown for a sample that may not be left out.</summary>
    internal static InvalidDataException Refused(SkippedSample sample) => new($"{sample.File}: the sample {sample.Id} cannot be used: {sample.Reason}");
}
