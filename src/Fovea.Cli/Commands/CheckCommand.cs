using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Evaluation;
using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea check reducer NAME</c>: whether a method keeps what every method promises.</summary>
internal static class CheckCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "a method of the catalogue or of a plug-in" };
        var model = new ModelOption();
        var plugin = new PluginOption();
        var reducer = new ExampleCommand(
            "reducer", "Runs the checks that every method of token reduction must pass, on a model.",
            "fovea check reducer fastv", "fovea check reducer mine --plugin Mine/bin/Release/net10.0/Mine.dll")
        {
            name,
        };
        model.AddTo(reducer);
        plugin.AddTo(reducer);
        reducer.SetAction(parsed =>
        {
            plugin.Load(parsed);
            return RunAsync(KnownReducers.Find(parsed.GetRequiredValue(name)), model.Read(parsed), terminal);
        });
        return new Command("check", "Checks what you add to Fovea.") { reducer };
    }

    private static Task<int> RunAsync(ReducerDescriptor method, string folder, Terminal terminal) => terminal.Interruption.RunAsync(async cancellation =>
    {
        using var model = await ModelLoading.LoadAsync(folder, LoadOptions.Default, terminal, cancellation).ConfigureAwait(false);
        if (!ReducerChecks.Fits(model.Model, method))
        {
            throw new ArgumentException($"The method {method.Name} cannot be checked with its defaults: it does not fit the model, or it takes no budget.");
        }

        int failed = 0;
        foreach (var check in ReducerChecks.All)
        {
            cancellation.ThrowIfCancellationRequested();
            string verdict = "ok";
            try
            {
                check.Run(model.Model, method);
            }
            catch (Exception broken) when (broken is ReducerCheckException or ReductionException)
            {
                verdict = $"FAILED: {broken.Message}";
                failed++;
            }

            terminal.Out.WriteLine($"{check.Name,-8} {check.Promise}: {verdict}");
        }

        terminal.Out.WriteLine(failed == 0 ? $"{method.Name} keeps all {ReducerChecks.All.Count} promises." : $"{method.Name} breaks {failed} of {ReducerChecks.All.Count} promises.");
        return failed == 0 ? ExitCode.Success : ExitCode.Failure;
    });
}
