using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>LLaVA-1.5 in the Hugging Face layout with a frozen vision tower: projector and language model on a tape.</summary>
public sealed class DifferentiableLlava : TrainableModel
{
    private readonly CheckpointFolder _folder;
    private readonly LlavaConfig _config;
    private readonly ParameterScope _scope;
    private readonly FrozenEncoder _encoder;
    private readonly DifferentiableMlp _projector;

    private DifferentiableLlava(
        CheckpointFolder folder, LlavaConfig config, ParameterScope scope, FrozenEncoder encoder, DifferentiableMlp projector, DifferentiableLanguageModel text)
    {
        (_folder, _config, _scope, _encoder, _projector, LanguageModel) = (folder, config, scope, encoder, projector, text);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _scope.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Trained => _scope.Trained;

    /// <summary>The language model.</summary>
    public DifferentiableLanguageModel LanguageModel { get; }

    /// <inheritdoc/>
    public override int VisualTokens => _encoder.TokensPerPicture;

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="folder">A LLaVA-1.5 checkpoint.</param>
    /// <param name="isTrained">Whether the parameter of a stored name is trained.</param>
    /// <param name="compute">Packs the tower.</param>
    /// <param name="checkpointing">Whether layers are computed once more on the way back.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="NotSupportedException">A member of the line that cannot be trained.</exception>
    public static new DifferentiableLlava Load(CheckpointFolder folder, Func<string, bool> isTrained, Compute compute, bool checkpointing = false)
    {
        var keys = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        if (keys.Text("model_type") != "llava")
        {
            throw new NotSupportedException($"{folder.Path}: models of the type {keys.Text("model_type")} cannot be trained; LLaVA-1.5 (llava) can.");
        }

        var config = LlavaConfig.Read(keys);
        using var stored = folder.OpenWeights();
        var weights = LlavaWeightNames.Open(stored);
        var scope = new ParameterScope(isTrained);
        var tower = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, CancellationToken.None);
        try
        {
            int width = config.VisionConfig.HiddenSize, hidden = config.TextConfig.HiddenSize;
            DifferentiableLinear[] linears =
            [
                .. Enumerable.Range(1, config.ProjectorLayers).Select(layer => DifferentiableLinear.Load(
                    scope, weights.At("proj").At(layer), layer == 1 ? width * config.VisionFeatureLayers.Count : hidden, hidden, config.MultimodalProjectorBias)),
            ];
            var text = new DifferentiableLanguageModel(scope, weights, config.TextConfig) { Checkpointing = checkpointing };
            weights.CheckAllTaken();
            var layout = new SquareLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config));
            return new DifferentiableLlava(folder, config, scope, new FrozenEncoder(tower, layout, config.VisionFeatureLayers, width, TokensOf(config)), new DifferentiableMlp(linears, config.ProjectorHiddenAct), text);
        }
        catch
        {
            tower.Dispose();
            scope.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override PackedBatch Pack(IReadOnlyList<TrainingSequence> batch) => new(batch, VisualTokens, int.MaxValue);

    /// <inheritdoc/>
    public override Variable Loss(Tape tape, IReadOnlyList<TrainingSequence> batch, double denominator)
    {
        var packed = Pack(batch);
        var states = LanguageModel.Forward(tape, Inputs(tape, packed, [.. batch.SelectMany(sample => sample.Images)]), packed.Lengths);
        var learnt = tape.Map(states, RowMap.Gather(packed.Tokens.Count, packed.LearntRows));
        return tape.CrossEntropy(LanguageModel.Head(tape, learnt), packed.LearntLabels, denominator);
    }

    /// <inheritdoc/>
    public override void Save(string folder, ElementType? elementType = null) => CheckpointWriter.Write(folder, partial =>
    {
        using var stored = _folder.OpenWeights();
        CheckpointWriter.WriteWeights(
            partial, stored.Names.ToDictionary(name => name, name => stored[name]), Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), elementType);
        CheckpointWriter.CopyOthers(_folder.Path, partial);
        CheckpointWriter.WriteConfig(partial, JsonObject.Create(_folder.Config) ?? [], elementType);
    });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _encoder.Dispose();
        _scope.Dispose();
    }

    private static int TokensOf(LlavaConfig config) =>
        TilePixels.FeatureRows(1, config.VisionConfig, config.KeepClassToken && config.VisionConfig.HasClassToken).Length;

    /// <summary>Token embeddings with the visual tokens in the places of the pictures.</summary>
    private Variable Inputs(Tape tape, PackedBatch packed, IReadOnlyList<Image> pictures)
    {
        int[] words = packed.Words;
        var text = LanguageModel.Embed(tape, words);
        if (pictures.Count == 0)
        {
            return text;
        }

        var visual = _projector.Forward(tape, tape.Constant(_encoder.Features(tape.Compute, [.. pictures.Select(VisualItem.Of)])));
        var both = tape.Concatenate((text, 0, words.Length), (visual, 0, visual.Value.Rows));
        return tape.Map(both, RowMap.Gather(both.Value.Rows, packed.Places()));
    }
}
