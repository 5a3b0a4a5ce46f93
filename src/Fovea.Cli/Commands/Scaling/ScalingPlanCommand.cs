using System.CommandLine;
using Fovea.Cli.Output;
using Fovea.Training.Scaling;

namespace Fovea.Cli.Commands.Scaling;

/// <summary><c>fovea scaling plan POINTS --flops F</c>: which model size and how many visual tokens for a budget of compute.</summary>
internal static class ScalingPlanCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var points = new PointsOption();
        var flops = new Option<string>("--flops") { Description = "operations of the language model for one prompt: 2e12, 500G, 2T", Required = true };
        var text = new Option<double>("--text-tokens") { Description = "Q: text tokens of the prompt", DefaultValueFactory = _ => 50 };
        var cached = new Option<bool>("--cached-text") { Description = "the text's keys and values are cached: it costs nothing" };
        var sizes = new Option<string>("--sizes") { Description = "model sizes to choose from, in 10^9 parameters", DefaultValueFactory = _ => "0.5,1.8,4,7,14" };
        var tokens = new Option<string>("--tokens") { Description = "numbers of visual tokens to choose from", DefaultValueFactory = _ => "1,4,16,36,64,144,576" };
        var json = new Option<bool>("--json") { Description = "print one JSON array instead of a table" };
        var command = new ExampleCommand(
            "plan",
            "Finds the best model size and number of visual tokens under a budget of compute.",
            "fovea scaling plan docs/data/scaling-law-points.csv --group dataset --flops 500G --text-tokens 50",
            "fovea scaling plan points.csv --flops 2T --cached-text --sizes 0.5,1.5,3,7") { flops, text, cached, sizes, tokens, json };
        points.AddTo(command);
        command.SetAction(parsed =>
        {
            double q = parsed.GetValue(cached) ? 0 : parsed.GetValue(text);
            if (!(q >= 0))
            {
                throw new ArgumentException($"--text-tokens {q} is no number of tokens.");
            }

            double budget = NumberList.GigaFlops(parsed.GetValue(flops) ?? "", flops.Name);
            double[] listedSizes = NumberList.Read(parsed, sizes), listedTokens = NumberList.Read(parsed, tokens);
            if (listedSizes.Length == 0 || listedTokens.Length == 0)
            {
                throw new ArgumentException("--sizes and --tokens need at least one number each.");
            }

            var rows = points.Read(parsed).SelectMany(group => Rows(group.Group, new ComputePlan(ContinuousFit.Of(group.Points), q, budget), listedSizes, listedTokens));
            ChoiceTable.Write(terminal, [.. rows], parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<ScalingChoiceOutput> Rows(string group, ComputePlan plan, double[] sizes, double[] tokens)
    {
        yield return Row("best of all", plan.Continuous(tokens.Min(), tokens.Max()));
        if (plan.Listed(sizes, tokens) is { } listed)
        {
            yield return Row("best of the lists", listed);
        }

        foreach (double count in tokens)
        {
            yield return Row("same compute", plan.WithTokens(count));
        }

        ScalingChoiceOutput Row(string kind, ComputeChoice choice) =>
            new(group, kind, choice.ParamsBillion, choice.VisualTokens, choice.Error, choice.GigaFlops(plan.TextTokens));
    }
}
