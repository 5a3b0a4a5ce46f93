using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Imaging.Processors;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;
using Fovea.Text;
using Fovea.Training.Optimization;
using ConfigReader = Fovea.Models.ConfigReader;

namespace Fovea.Training.Differentiable;

/// <summary>LLaVA in its authors' layout: a checkpoint, or a base model in any layout that gets a QueCC projector. The vision encoder is saved in a folder inside.</summary>
internal sealed class OriginalSource : LlavaSource
{
    private const string Tower = "mm_vision_tower", TowerNames = "tower.", Processor = "preprocessor_config.json";

    private readonly CheckpointFolder _folder;
    private readonly CheckpointFolder _language;
    private readonly JsonElement _config;
    private readonly JsonElement _towerConfig;
    private readonly CheckpointFolder? _tower;
    private readonly string? _projector;
    private readonly QueccStart? _start;

    /// <summary>A checkpoint: a whole one, or a projector alone on the language model that it names.</summary>
    public OriginalSource(CheckpointFolder folder)
    {
        var keys = Keys(folder, folder.Config);
        _folder = folder;
        _config = folder.Config;
        _language = OriginalLlavaModel.LanguageFolder(folder, keys);
        _projector = _language == folder ? null : Path.Combine(folder.Path, OriginalLlavaModel.ProjectorFile);
        _tower = CheckpointFolder.Open(VisionTowerFolder.Find(folder.Path, VisionTowerFolder.Named(_config) ?? throw keys.Wrong(Tower, "the vision encoder")));
        _towerConfig = _tower.Config;
        Config = Sizes(keys);
    }

    /// <summary>A base model that gets a projector.</summary>
    public OriginalSource(CheckpointFolder baseModel, QueccStart start)
    {
        (_folder, _language, _start, _projector) = (baseModel, baseModel, start, start.Projector);
        if (Directory.Exists(_projector))
        {
            _projector = Path.Combine(_projector, OriginalLlavaModel.ProjectorFile);
        }

        var conversion = new QueccConversion(baseModel, start);
        (_tower, _towerConfig, _config) = (conversion.Tower, conversion.TowerConfig, conversion.Config);
        Config = Sizes(Keys(baseModel, _config));
    }

    public override LlavaConfig Config { get; }

    public override int MaxLength => Keys(_folder, _config) is var keys && keys.Has("tokenizer_model_max_length") ? keys.Count("tokenizer_model_max_length") : int.MaxValue;

    public override ImageProcessor LoadProcessor() => ImageProcessor.Load(_folder.Path, _folder.Processing, _config);

    public override Tokenizer LoadTokenizer() => Tokenizer.Load(_language.Path);

    public override TResult Read<TResult>(Func<WeightReader, TResult> read)
    {
        using var main = _language.OpenWeights();
        using var projector = _projector is null ? null : TorchReader.Open(_projector);
        using var tower = OriginalWeights.HoldTower(main) ? null
            : (_tower ?? throw new InvalidDataException($"{main.Path}: there is no vision encoder among the weights.")).OpenWeights();
        var parts = (new StoredFiles(_language, main, []), Part(_folder, projector), Part(_tower, tower));
        if (_start is null)
        {
            return read(OriginalWeights.Open(_folder, parts, Config));
        }

        var fresh = projector is null && Config.Quecc is { } quecc
            ? QueccInitialization.Create(_start.Seed, quecc, Config.TextConfig.HiddenSize, Config.ProjectorLayers)
            : new Dictionary<string, Tensor>();
        try
        {
            return read(OriginalWeights.OpenBase(parts, fresh, Config));
        }
        finally
        {
            foreach (var tensor in fresh.Values)
            {
                tensor.Dispose();
            }
        }
    }

    public override void Write(string folder, IReadOnlyList<Parameter> parameters, ElementType? elementType)
    {
        var config = JsonObject.Create(_config) ?? [];
        string name = config[Tower]?.GetValue<string>() ?? "";
        string inside = Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..") ? "vision_tower" : name;
        string towerFolder = Path.Combine(folder, inside);
        Directory.CreateDirectory(towerFolder);
        bool projectorAlone = parameters.All(parameter => !parameter.RequiresGradient || ParameterNames.IsProjector(parameter.Name));
        Read(weights => WriteWeights(folder, towerFolder, weights, parameters, elementType, projectorAlone));
        CheckpointWriter.WriteConfig(towerFolder, JsonObject.Create(_towerConfig) ?? [], elementType);
        string own = Path.Combine(_folder.Path, Processor), ofTower = Path.Combine(_tower?.Path ?? _folder.Path, Processor);
        File.Copy(File.Exists(own) ? own : ofTower, Path.Combine(towerFolder, Processor));
        CheckpointWriter.CopyText(_language.Path, folder);
        config[Tower] = inside;
        config["tune_mm_mlp_adapter"] = projectorAlone;
        CheckpointWriter.WriteConfig(folder, config, elementType);
    }

    /// <summary>Writes language model with projector, vision encoder, and the projector alone where nothing else is trained; new weights in the type of the base model.</summary>
    private bool WriteWeights(
        string folder, string towerFolder, WeightReader weights, IReadOnlyList<Parameter> parameters, ElementType? elementType, bool projectorAlone)
    {
        var values = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var (model, tower) = (new Dictionary<string, (Tensor, ElementType)>(), new Dictionary<string, (Tensor, ElementType)>());
        ElementType? made = _start is not null && _projector is null && weights.TryStored("lm.embed_tokens.weight", out var table) ? table.ElementType : null;
        foreach (string canonical in weights.Names.Where(OriginalWeights.IsKept))
        {
            if (weights.TryStored(canonical, out var tensor))
            {
                string name = weights.StoredName(canonical);
                bool ofTower = canonical.StartsWith(TowerNames, StringComparison.Ordinal);
                var type = elementType ?? (ParameterNames.IsProjector(name) ? made : null) ?? tensor.ElementType;
                (ofTower ? tower : model).Add(ofTower ? $"vision_model.{canonical[TowerNames.Length..]}" : name, Written(tensor, type, values.GetValueOrDefault(name)));
            }
        }

        CheckpointWriter.WriteWeights(folder, model);
        CheckpointWriter.WriteWeights(towerFolder, tower);
        if (projectorAlone)
        {
            var projector = model.Where(weight => ParameterNames.IsProjector(weight.Key)).ToDictionary();
            CheckpointWriter.WriteTorch(Path.Combine(folder, OriginalLlavaModel.ProjectorFile), projector);
        }

        return projectorAlone;
    }

    private static StoredFiles? Part(CheckpointFolder? folder, CheckpointReader? weights) => folder is null || weights is null ? null : new StoredFiles(folder, weights, []);

    private static ConfigReader Keys(CheckpointFolder folder, JsonElement config) => new(Path.Combine(folder.Path, "config.json"), config);

    private LlavaConfig Sizes(ConfigReader keys)
    {
        var config = OriginalConfig.Read(keys, new ConfigReader(Path.Combine(_tower?.Path ?? _folder.Path, "config.json"), _towerConfig));
        if (config.Tiled || keys.Flag("mm_use_im_start_end", false))
        {
            throw new NotSupportedException($"{_folder.Path}: models that cut pictures into tiles or mark their ends by tokens cannot be trained.");
        }

        return config;
    }
}
