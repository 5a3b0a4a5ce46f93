using System.Text.Json;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;
using Fovea.Training.Optimization;

namespace Fovea.Training.Runs;

/// <summary>What a run needs to go on: trained parameters and moments in f32, and its state.</summary>
internal static class RunCheckpoint
{
    private const string NumberFile = "training.safetensors", StateFile = "state.json";
    private const string First = "first_moment.", Second = "second_moment.", Value = "parameter.";

    /// <summary>Writes into a folder; the files are on the disk when this returns.</summary>
    public static void Write(string folder, AdamW optimizer, RunState state)
    {
        SafetensorsWriter.Write(Path.Combine(folder, NumberFile), Tensors(optimizer).ToDictionary(tensor => tensor.Name, tensor => tensor.Value, StringComparer.Ordinal));
        using var stream = new FileStream(Path.Combine(folder, StateFile), FileMode.Create, FileAccess.Write);
        JsonSerializer.Serialize(stream, state, RunJson.Files.RunState);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads the state of a checkpoint.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static RunState ReadState(string folder)
    {
        string file = Path.Combine(folder, StateFile);
        try
        {
            return File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), RunJson.Lines.RunState) is { Step: >= 0, Samples: not null, Options: not null } state
                ? state
                : throw Damaged(folder, $"{StateFile} is missing or empty");
        }
        catch (JsonException error)
        {
            throw Damaged(folder, $"{StateFile} is not valid: {error.Message}");
        }
    }

    /// <summary>Sets parameters, moments and step as they were.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or belongs to another model.</exception>
    public static void Restore(string folder, AdamW optimizer, RunState state)
    {
        try
        {
            using var stored = SafetensorsReader.Open(Path.Combine(folder, NumberFile));
            var tensors = Tensors(optimizer).ToList();
            foreach (var (name, value) in tensors)
            {
                if (!stored.TryGet(name, out var source) || source.ElementType != value.ElementType || source.Shape != value.Shape)
                {
                    throw Damaged(folder, $"{name} is missing, or has another shape than in the model");
                }
            }

            tensors.ForEach(tensor => stored[tensor.Name].AsSpan<float>().CopyTo(tensor.Value.AsSpan<float>()));
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            throw Damaged(folder, error.Message);
        }

        optimizer.Steps = state.Step;
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(AdamW optimizer)
    {
        foreach (var parameter in optimizer.Groups.SelectMany(group => group.Parameters))
        {
            yield return (Value + parameter.Name, parameter.Value);
            yield return (First + parameter.Name, optimizer.FirstMoment(parameter));
            yield return (Second + parameter.Name, optimizer.SecondMoment(parameter));
        }
    }

    private static InvalidDataException Damaged(string folder, string reason) =>
        new($"The checkpoint {folder} cannot be used: {reason} Remove the folder to go on from the checkpoint before it, or from the beginning.");
}
