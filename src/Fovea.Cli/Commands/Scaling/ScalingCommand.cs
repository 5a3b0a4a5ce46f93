using System.CommandLine;

namespace Fovea.Cli.Commands.Scaling;

/// <summary><c>fovea scaling</c>: the inference scaling laws of visual tokens.</summary>
internal static class ScalingCommand
{
    /// <summary>Describes the command and its parts.</summary>
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "scaling",
        "Fits, predicts and plans with the scaling law of model size and visual tokens.",
        "fovea scaling fit docs/data/scaling-law-points.csv --group dataset",
        "fovea scaling predict docs/data/scaling-law-points.csv --group dataset --sizes 14 --tokens 1,16,576",
        "fovea scaling plan docs/data/scaling-law-points.csv --group dataset --flops 500G --text-tokens 50")
    {
        ScalingFitCommand.Create(terminal),
        ScalingPredictCommand.Create(terminal),
        ScalingPlanCommand.Create(terminal),
    };
}
