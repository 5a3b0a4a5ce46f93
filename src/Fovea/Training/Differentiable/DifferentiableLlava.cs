using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Training.Differentiable;

/// <summary>
/// LLaVA-1.5 in the Hugging Face layout or in its authors', with QueCC or without: compressor, projector and language model on a tape, the vision tower
/// frozen.
/// </summary>
public sealed class DifferentiableLlava : TrainableModel
{
    private readonly LlavaSource _source;
    private readonly ParameterScope _scope;
    private readonly FrozenEncoder _encoder;
    private readonly DifferentiableQuecc? _compressor;
    private readonly DifferentiableMlp _projector;
    private readonly DifferentiableLanguageModel _text;
    private readonly Tokenizer _tokenizer;

    private DifferentiableLlava(LlavaSource source, Func<string, bool> isTrained, Compute compute, bool checkpointing)
    {
        _source = source;
        _tokenizer = source.LoadTokenizer();
        _scope = new ParameterScope(isTrained);
        var config = source.Config;
        var layout = new SquareLayout(config, source.LoadProcessor());
        VisionTransformer? tower = null;
        try
        {
            (tower, _compressor, _projector, _text) = source.Read(weights => Read(weights, config, compute, checkpointing));
        }
        catch
        {
            _scope.Dispose();
            throw;
        }

        _encoder = new FrozenEncoder(tower, layout, config.VisionConfig.HiddenSize);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => _scope.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Trained => _scope.Trained;

    /// <inheritdoc/>
    public override int VisualTokens
    {
        get
        {
            var config = _source.Config;
            return (config.TileSide * config.TileSide) + (config.KeepClassToken && config.VisionConfig.HasClassToken ? 1 : 0);
        }
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="folder">A LLaVA-1.5 checkpoint in the Hugging Face layout or in its authors', with QueCC or without.</param>
    /// <param name="isTrained">Whether the parameter of a stored name is trained.</param>
    /// <param name="compute">Packs the tower.</param>
    /// <param name="checkpointing">Whether layers are computed once more on the way back.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="IOException">A file or a folder that <c>config.json</c> names is missing.</exception>
    /// <exception cref="NotSupportedException">A member of the line that cannot be trained.</exception>
    public static new DifferentiableLlava Load(CheckpointFolder folder, Func<string, bool> isTrained, Compute compute, bool checkpointing = false) =>
        new(KnownModels.Find(folder).ModelType == "llava" ? new HuggingFaceSource(folder) : new OriginalSource(folder), isTrained, compute, checkpointing);

    /// <summary>Puts a QueCC projector before the language model of a base model; what comes of it is saved in LLaVA's own layout.</summary>
    /// <param name="baseModel">LLaVA-1.5 in the Hugging Face layout or in its authors', or a language model alone.</param>
    /// <param name="start">The projector.</param>
    /// <param name="isTrained">Whether the parameter of a name in LLaVA's own layout (<c>model.mm_projector.0.…</c>, <c>model.layers.…</c>) is trained.</param>
    /// <param name="compute">Packs the tower.</param>
    /// <param name="checkpointing">Whether layers are computed once more on the way back.</param>
    /// <exception cref="InvalidDataException">A file is wrong, or the start does not fit it; the message names file, key or weight.</exception>
    /// <exception cref="IOException">A file or a folder is missing.</exception>
    /// <exception cref="NotSupportedException">The base model cannot get such a projector.</exception>
    public static DifferentiableLlava Start(CheckpointFolder baseModel, QueccStart start, Func<string, bool> isTrained, Compute compute, bool checkpointing = false) =>
        new(new OriginalSource(baseModel, start), isTrained, compute, checkpointing);

    /// <inheritdoc/>
    public override PackedBatch Pack(IReadOnlyList<TrainingSequence> batch) => new(batch, VisualTokens, _source.MaxLength);

    /// <inheritdoc/>
    public override Variable Loss(Tape tape, IReadOnlyList<TrainingSequence> batch, double denominator)
    {
        var packed = Pack(batch);
        if (packed.ValidLabels == 0)
        {
            var none = tape.Compute.Rent(1);
            none.AsSpan<float>().Clear();
            return tape.Constant(none);
        }

        var learnt = _text.Forward(tape, Inputs(tape, packed, batch), packed.Lengths, packed.LearntRows);
        return tape.CrossEntropy(_text.Head(tape, learnt), packed.LearntLabels, denominator);
    }

    /// <inheritdoc/>
    public override void Save(string folder, ElementType? elementType = null) => CheckpointWriter.Write(folder, partial => _source.Write(partial, Parameters, elementType));

    /// <summary>Pictures as the tower reads them; owned by the caller.</summary>
    internal VisualInput Prepare(IReadOnlyList<Image> pictures) => _encoder.Prepare(pictures);

    /// <summary>The visual tokens of pictures, once for each time that they are shown: [shown · visual tokens, hidden].</summary>
    /// <param name="tape">Where they are recorded.</param>
    /// <param name="input">The pictures, prepared.</param>
    /// <param name="questions">What is asked each time, where a compressor wants to know.</param>
    /// <param name="shown">Which picture each time.</param>
    internal Variable Visual(Tape tape, VisualInput input, IReadOnlyList<string> questions, IReadOnlyList<int> shown)
    {
        var selected = _source.Config.VisionFeatureLayers;
        if (_compressor is null || _source.Config.Quecc is not { } quecc)
        {
            var projected = _projector.Forward(tape, tape.Constant(_encoder.Features(tape.Compute, input, selected)[0]));
            return tape.Gather(projected, DifferentiableQuecc.Rows(shown, VisualTokens));
        }

        var features = _encoder.Features(tape.Compute, input, quecc.Levels, selected);
        return _projector.Forward(tape, _compressor.Forward(tape, tape.Constant(features[0]), TextFeatures(tape, questions), tape.Constant(features[1]), shown));
    }

    /// <summary>The states of the language model behind questions, to which no gradient flows: [questions, hidden].</summary>
    internal Variable TextFeatures(Tape tape, IReadOnlyList<string> questions)
    {
        List<string> distinct = [.. questions.Distinct()];
        int[][] tokens = [.. distinct.Select(question => _tokenizer.Encode(question))];
        var lengths = tokens.Select(ids => ids.Length).ToList();
        int end = 0;
        int[] last = [.. lengths.Select(length => (end += length) - 1)];
        return tape.Detach(inner =>
        {
            var features = _text.Forward(inner, _text.Embed(inner, tokens.SelectMany(ids => ids).ToArray()), lengths, last);
            return inner.Gather(features, [.. questions.Select(question => distinct.IndexOf(question))]);
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _encoder.Dispose();
        _scope.Dispose();
    }

    private (VisionTransformer Tower, DifferentiableQuecc? Compressor, DifferentiableMlp Projector, DifferentiableLanguageModel Text) Read(
        WeightReader weights, LlavaConfig config, Compute compute, bool checkpointing)
    {
        int hidden = config.TextConfig.HiddenSize;
        var compressor = config.Quecc is { } quecc ? new DifferentiableQuecc(_scope, weights.At("quecc"), quecc, quecc.Width * quecc.Levels.Count) : null;
        var projector = new DifferentiableMlp(
            [
                .. Enumerable.Range(1, config.ProjectorLayers).Select(layer =>
                    DifferentiableLinear.Load(_scope, weights.At("proj").At(layer), layer == 1 ? config.FeatureWidth : hidden, hidden, config.MultimodalProjectorBias)),
            ],
            config.ProjectorHiddenAct);
        var text = new DifferentiableLanguageModel(_scope, weights, config.TextConfig) { Checkpointing = checkpointing };
        var tower = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, CancellationToken.None);
        try
        {
            weights.CheckAllTaken();
        }
        catch
        {
            tower.Dispose();
            throw;
        }

        return (tower, compressor, projector, text);
    }

    /// <summary>Token embeddings with the visual tokens in the places of the pictures.</summary>
    private Variable Inputs(Tape tape, PackedBatch packed, IReadOnlyList<TrainingSequence> batch)
    {
        int[] words = packed.Words;
        var text = _text.Embed(tape, words);
        if (packed.Pictures == 0)
        {
            return text;
        }

        List<Image> shown = [.. batch.SelectMany(sample => sample.Images)], pictures = [.. shown.Distinct()];
        string[] questions = _compressor is null ? [] : [.. batch.SelectMany(sample => Enumerable.Repeat(QueryText.Of([.. sample.Tokens], _tokenizer), sample.Images.Count))];
        using var input = Prepare(pictures);
        var visual = Visual(tape, input, questions, [.. shown.Select(image => pictures.IndexOf(image))]);
        var both = tape.Concatenate((text, 0, words.Length), (visual, 0, visual.Value.Rows));
        return tape.Gather(both, packed.Places());
    }
}
