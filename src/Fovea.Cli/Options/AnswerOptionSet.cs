using System.CommandLine;
using Fovea.Models;

namespace Fovea.Cli.Options;

/// <summary>The options that every command has that asks a model something.</summary>
internal sealed class AnswerOptionSet
{
    private readonly ModelOption _model = new();
    private readonly ReductionOptions _reduction = new();
    private readonly GenerationOptions _generation = new();
    private readonly MediaOptions _media = new();
    private readonly LoadingOptions _loading = new();
    private readonly FeatureCacheOption _featureCache = new();
    private readonly Option<bool> _stats = new("--stats") { Description = "show times, tokens, memory and operations" };
    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object instead of text" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _model.AddTo(command);
        _reduction.AddTo(command);
        _generation.AddTo(command);
        _media.AddTo(command);
        _loading.AddTo(command);
        _featureCache.AddTo(command);
        command.Add(_stats);
        command.Add(_json);
    }

    /// <summary>The folder of the model.</summary>
    public string Model(ParseResult parsed) => _model.Read(parsed);

    /// <summary>How to load it.</summary>
    public LoadOptions Loading(ParseResult parsed) => _loading.Read(parsed);

    /// <summary>How to answer.</summary>
    public AnswerOptions Answer(ParseResult parsed) => _generation.Read(parsed, _reduction.Read(parsed, _generation.Seed(parsed)));

    /// <summary>What questions are about.</summary>
    public MediaOptions Media => _media;

    /// <summary>Bytes of the vision-feature cache.</summary>
    public long FeatureCache(ParseResult parsed) => _featureCache.Read(parsed);

    /// <summary>Whether to show what it cost.</summary>
    public bool Stats(ParseResult parsed) => parsed.GetValue(_stats);

    /// <summary>Whether results are JSON.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);
}
