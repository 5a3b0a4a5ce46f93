using System.CommandLine;
using Fovea.Cli.Output;
using Fovea.Training.Scaling;

namespace Fovea.Cli.Commands.Scaling;

/// <summary><c>fovea scaling predict POINTS</c>: the law's error at sizes and numbers of tokens that nobody measured.</summary>
internal static class ScalingPredictCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var points = new PointsOption();
        var sizes = new Option<string>("--sizes") { Description = "model sizes in 10^9 parameters, separated by commas", Required = true };
        var tokens = new Option<string>("--tokens") { Description = "visual tokens, separated by commas", DefaultValueFactory = _ => "1,4,16,36,64,144,576" };
        var text = new Option<double>("--text-tokens") { Description = "Q: text tokens that are computed, for the cost", DefaultValueFactory = _ => 50 };
        var json = new Option<bool>("--json") { Description = "print one JSON array instead of a table" };
        var command = new ExampleCommand(
            "predict", "Predicts the error at model sizes and numbers of visual tokens.", "fovea scaling predict docs/data/scaling-law-points.csv --group dataset --sizes 14") { sizes, tokens, text, json };
        points.AddTo(command);
        command.SetAction(parsed =>
        {
            double q = parsed.GetValue(text);
            var rows = from @group in points.Read(parsed)
                       let law = ContinuousFit.Of(@group.Points)
                       from size in NumberList.Read(parsed, sizes)
                       from count in NumberList.Read(parsed, tokens)
                       let choice = new ComputeChoice(size, count, law.Error(size, count))
                       select new ScalingChoiceOutput(@group.Group, "", size, count, choice.Error, choice.GigaFlops(q));
            ChoiceTable.Write(terminal, [.. rows], parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }
}
