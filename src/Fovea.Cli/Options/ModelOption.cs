using System.CommandLine;

namespace Fovea.Cli.Options;

/// <summary><c>--model</c>.</summary>
internal sealed class ModelOption
{
    private readonly Option<string?> _model = new("--model", "-m") { Description = "folder of a model in the Hugging Face layout; default: the model that ships with Fovea", HelpName = "FOLDER" };

    /// <summary>Adds the option.</summary>
    public void AddTo(Command command) => command.Add(_model);

    /// <summary>The folder.</summary>
    public string Read(ParseResult parsed) => parsed.GetValue(_model) ?? ShippedModel.Find();
}
