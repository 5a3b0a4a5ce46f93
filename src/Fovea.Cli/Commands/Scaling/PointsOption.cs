using System.CommandLine;
using Fovea.Training.Scaling;

namespace Fovea.Cli.Commands.Scaling;

/// <summary>The file of measurements, by group.</summary>
internal sealed class PointsOption
{
    private readonly Argument<string> _file = new("POINTS") { Description = "CSV file with the columns params_billion, visual_tokens, and error or score (fractions)" };
    private readonly Option<string?> _group = new("--group") { Description = "column whose values are fitted apart (task, dataset)", HelpName = "COLUMN" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_group);
    }

    /// <summary>The points of each group.</summary>
    public IReadOnlyList<(string Group, IReadOnlyList<ScalingPoint> Points)> Read(ParseResult parsed) =>
        ScalingTable.Read(parsed.GetValue(_file) ?? "", parsed.GetValue(_group));

    /// <summary>A file name for one of several groups: plot.svg becomes plot-ocr.svg.</summary>
    public static string FileFor(string path, string group, int groups) => groups == 1
        ? path
        : Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{string.Concat(group.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_'))}{Path.GetExtension(path)}");
}
