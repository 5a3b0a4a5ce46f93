using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Nn;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Text;

namespace Fovea.Training.Differentiable;

/// <summary>LLaVA-1.5 in the Hugging Face layout.</summary>
internal sealed class HuggingFaceSource(CheckpointFolder folder) : LlavaSource
{
    public override LlavaConfig Config { get; } = LlavaConfig.Read(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config));

    public override ImageProcessor LoadProcessor() => ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);

    public override Tokenizer LoadTokenizer() => Tokenizer.Load(folder.Path);

    public override TResult Read<TResult>(Func<WeightReader, TResult> read)
    {
        using var stored = folder.OpenWeights();
        return read(LlavaWeightNames.Open(folder, stored));
    }

    public override void Write(string folderPath, IReadOnlyList<Parameter> parameters, ElementType? elementType)
    {
        var values = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        using var stored = folder.OpenWeights();
        CheckpointWriter.WriteWeights(
            folderPath, stored.Names.ToDictionary(name => name, name => Written(stored[name], elementType ?? stored[name].ElementType, values.GetValueOrDefault(name))));
        CheckpointWriter.CopyText(folder.Path, folderPath);
        CheckpointWriter.CopyProcessors(folder.Path, folderPath);
        CheckpointWriter.WriteConfig(folderPath, JsonObject.Create(folder.Config) ?? [], elementType);
    }
}
