using System.CommandLine;
using Fovea.Generation;
using Fovea.Reduction;

namespace Fovea.Cli.Options;

/// <summary>How an answer is generated: <c>--seed --max-tokens --temperature --top-k --top-p --min-p --repetition-penalty --stop</c>.</summary>
internal sealed class GenerationOptions
{
    private readonly Option<ulong> _seed = new("--seed") { Description = "seed of everything random", HelpName = "N" };
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "most tokens to generate", DefaultValueFactory = _ => new AnswerOptions().MaxNewTokens, HelpName = "N" };
    private readonly Option<double> _temperature = new("--temperature") { Description = "0 takes the most probable token; up to 100", HelpName = "T" };
    private readonly Option<int> _topK = new("--top-k") { Description = "draw among the K most probable tokens; 0 = all", HelpName = "K" };
    private readonly Option<double> _topP = new("--top-p") { Description = "draw among the fewest tokens that together have this probability", DefaultValueFactory = _ => 1, HelpName = "P" };
    private readonly Option<double> _minP = new("--min-p") { Description = "draw among the tokens at least this share as probable as the best", HelpName = "P" };
    private readonly Option<double> _penalty = new("--repetition-penalty") { Description = "makes tokens that were there less likely; 1 = off", DefaultValueFactory = _ => 1, HelpName = "X" };
    private readonly Option<string[]> _stop = new("--stop") { Description = "text that ends the answer; may be repeated", HelpName = "TEXT" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_maxTokens, _seed, _temperature, _topK, _topP, _minP, _penalty, _stop])
        {
            command.Add(option);
        }
    }

    /// <summary>The seed.</summary>
    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    /// <summary>How to answer under a plan.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public AnswerOptions Read(ParseResult parsed, ReductionPlan plan)
    {
        int maxTokens = parsed.GetValue(_maxTokens);
        var sampling = new SamplingOptions
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_penalty),
            Seed = Seed(parsed),
        };
        sampling.Validate();
        return maxTokens >= 1
            ? new AnswerOptions { Plan = plan, Sampling = sampling, MaxNewTokens = maxTokens, StopTexts = parsed.GetValue(_stop) ?? [] }
            : throw new ArgumentException($"--max-tokens is {maxTokens}; it must be at least 1.");
    }
}
