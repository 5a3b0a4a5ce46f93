using Fovea.Cli;

namespace Fovea.Tests.Cli;

/// <summary>One run of the command line inside the test process.</summary>
internal sealed record CommandLine(int Code, string Out, string Error)
{
    public static string Model { get; } = Repository.Path("models/foveola/model");

    public static string Picture { get; } = Repository.Path("models/foveola/demo/demo1.png");

    public static CommandLine Run(params string[] args) => RunWithInput("", args);

    public static CommandLine RunWithInput(string input, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = FoveaCommand.Run(args, output, error, new StringReader(input));
        return new CommandLine(code, output.ToString(), error.ToString());
    }

    /// <summary>Asks the shipped model about the first demo picture.</summary>
    public static CommandLine Ask(params string[] options) => Run(["ask", Picture, "What word is on the sign?", "--model", Model, .. options]);
}
