using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>LLaVA-1.5 in the Hugging Face layout with a frozen vision tower: projector and language model on a tape.</summary>
public sealed class DifferentiableLlava : IDisposable
{
    private readonly LlavaConfig _config;
    private readonly ParameterScope _scope;
    private readonly FrozenEncoder _encoder;
    private readonly DifferentiableLinear[] _projector;

    private DifferentiableLlava(LlavaConfig config, ParameterScope scope, FrozenEncoder encoder, DifferentiableLinear[] projector, DifferentiableLanguageModel text)
    {
        (_config, _scope, _encoder, _projector, LanguageModel) = (config, scope, encoder, projector, text);
    }

    /// <summary>All parameters, trained or not, those of the vision tower left out.</summary>
    public IReadOnlyList<Parameter> Parameters => _scope.All;

    /// <summary>The parameters that are trained.</summary>
    public IReadOnlyList<Parameter> Trained => _scope.Trained;

    /// <summary>The language model.</summary>
    public DifferentiableLanguageModel LanguageModel { get; }

    /// <summary>The token that stands for one visual token.</summary>
    public int ImageTokenId => _config.ImageTokenIndex;

    /// <summary>Visual tokens of one picture.</summary>
    public int VisualTokens => _encoder.TokensPerPicture;

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="folder">A LLaVA-1.5 checkpoint.</param>
    /// <param name="isTrained">Whether the parameter of a stored name is trained.</param>
    /// <param name="compute">Packs the tower.</param>
    /// <param name="checkpointing">Whether layers are computed once more on the way back.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="NotSupportedException">A member of the line that cannot be trained.</exception>
    public static DifferentiableLlava Load(CheckpointFolder folder, Func<string, bool> isTrained, Compute compute, bool checkpointing = false)
    {
        var keys = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        if (keys.Text("model_type") != "llava")
        {
            throw new NotSupportedException($"{folder.Path}: models of the type {keys.Text("model_type")} cannot be trained; LLaVA-1.5 (llava) can.");
        }

        var config = LlavaConfig.Read(keys);
        using var stored = folder.OpenWeights();
        var weights = LlavaWeightNames.Open(folder, stored);
        var scope = new ParameterScope(isTrained);
        var tower = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, CancellationToken.None);
        try
        {
            int width = config.VisionConfig.HiddenSize, hidden = config.TextConfig.HiddenSize;
            DifferentiableLinear[] projector =
            [
                .. Enumerable.Range(1, config.ProjectorLayers).Select(layer => DifferentiableLinear.Load(
                    scope, weights.At("proj").At(layer), layer == 1 ? width * config.VisionFeatureLayers.Count : hidden, hidden, config.MultimodalProjectorBias)),
            ];
            var text = new DifferentiableLanguageModel(scope, weights, config.TextConfig) { Checkpointing = checkpointing };
            weights.CheckAllTaken();
            var layout = new SquareLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config));
            return new DifferentiableLlava(config, scope, new FrozenEncoder(tower, layout, config.VisionFeatureLayers, width, TokensOf(config)), projector, text);
        }
        catch
        {
            tower.Dispose();
            scope.Dispose();
            throw;
        }
    }

    /// <summary>Σ of the losses of all labels of a micro-batch, divided by <paramref name="denominator"/>: [1].</summary>
    /// <exception cref="ArgumentException">A sequence has another number of image tokens than its pictures have visual tokens.</exception>
    public Variable Loss(Tape tape, IReadOnlyList<TrainingSequence> batch, double denominator)
    {
        var states = LanguageModel.Forward(tape, Inputs(tape, batch), [.. batch.Select(sequence => sequence.Tokens.Count)]);
        var rows = new List<int>();
        var labels = new List<int>();
        int start = 0;
        foreach (var sequence in batch)
        {
            for (int i = 1; i < sequence.Tokens.Count; i++)
            {
                if (sequence.Labels[i] != Tape.IgnoredLabel)
                {
                    rows.Add(start + i - 1);
                    labels.Add(sequence.Labels[i]);
                }
            }

            start += sequence.Tokens.Count;
        }

        var learnt = tape.Map(states, RowMap.Gather(start, rows));
        return tape.CrossEntropy(LanguageModel.Head(tape, learnt), [.. labels], denominator);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoder.Dispose();
        _scope.Dispose();
    }

    private static int TokensOf(LlavaConfig config) =>
        TilePixels.FeatureRows(1, config.VisionConfig, config.KeepClassToken && config.VisionConfig.HasClassToken).Length;

    /// <summary>Token embeddings with the visual tokens in the places of the image tokens.</summary>
    private Variable Inputs(Tape tape, IReadOnlyList<TrainingSequence> batch)
    {
        int[] tokens = [.. batch.SelectMany(sequence => sequence.Tokens)];
        int[] words = [.. tokens.Where(token => token != ImageTokenId)];
        var text = LanguageModel.Embed(tape, words);
        VisualItem[] pictures = [.. batch.SelectMany(sequence => sequence.Images).Select(VisualItem.Of)];
        if (pictures.Length == 0 && words.Length == tokens.Length)
        {
            return text;
        }

        var visual = Project(tape, tape.Constant(_encoder.Features(tape.Compute, pictures)));
        if (visual.Value.Rows != tokens.Length - words.Length)
        {
            throw new ArgumentException($"{tokens.Length - words.Length} image tokens stand for {visual.Value.Rows} visual tokens of {pictures.Length} pictures.", nameof(batch));
        }

        int word = 0, picture = words.Length;
        int[] places = [.. tokens.Select(token => token == ImageTokenId ? picture++ : word++)];
        var both = tape.Concatenate((text, 0, words.Length), (visual, 0, visual.Value.Rows));
        return tape.Map(both, RowMap.Gather(tokens.Length, places));
    }

    private Variable Project(Tape tape, Variable features)
    {
        for (int layer = 0; layer < _projector.Length; layer++)
        {
            features = _projector[layer].Forward(tape, layer == 0 ? features : tape.Activate(features, _config.ProjectorHiddenAct));
        }

        return features;
    }
}
