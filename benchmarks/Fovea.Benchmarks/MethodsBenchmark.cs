using System.Globalization;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Reduction;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Benchmarks;

/// <summary>
/// What every method costs and saves on one model: medians of several rounds in which all settings take turns, so that a slower minute of the machine
/// meets them all.
/// </summary>
internal static class MethodsBenchmark
{
    private const int NewTokens = 16;
    private static readonly double[] Ratios = [0.5, 0.25, 0.1];

    public static async Task RunAsync(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--rounds");
        int rounds = at >= 0 ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : 3;
        string shipped = Path.Combine("models", "foveola", "model");
        string name = arguments is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : "synthetic";
        using var model = await VisionLanguageModel.LoadAsync(name == "synthetic" ? SyntheticModel.Create(shipped) : name);
        var settings = Settings();
        var reports = settings.ToDictionary(setting => setting, _ => new List<RunReport>());
        var image = Picture(336);
        for (int round = -1; round < rounds; round++)
        {
            foreach (var setting in settings)
            {
                var result = await Ask(model, image, setting.Plan);
                if (round >= 0)
                {
                    reports[setting].Add(result.Report);
                }
            }
        }

        Print(name, rounds, settings, reports);
    }

    private static List<(string Method, double Ratio, ReductionPlan Plan)> Settings()
    {
        var settings = new List<(string, double, ReductionPlan)> { ("none", 1, ReductionPlan.None) };
        foreach (var method in KnownReducers.All)
        {
            if (method.Create(new Dictionary<string, string>()).UsesBudget)
            {
                settings.AddRange(Ratios.Select(ratio => (method.Name, ratio, ReductionPlan.Of(method.Name, TokenBudget.KeepRatio(ratio)))));
            }
        }

        return settings;
    }

    private static Task<GenerationResult> Ask(VisionLanguageModel model, Image image, ReductionPlan plan) => Generate(
        model,
        new GenerationRequest { Prompt = model.Model.Prompt([Text.ChatMessage.User("What is the color of the small triangle?", 1)]), Images = [image], Plan = plan, MaxNewTokens = NewTokens, EndTokens = [] });

    private static async Task<GenerationResult> Generate(VisionLanguageModel model, GenerationRequest request) => (await model.GenerateAsync([request]))[0];

    private static void Print(
        string name, int rounds, List<(string Method, double Ratio, ReductionPlan Plan)> settings, Dictionary<(string, double, ReductionPlan), List<RunReport>> reports)
    {
        double whole = SideBySide.Median(reports[settings[0]], Total);
        Console.WriteLine($"model {name}, median of {rounds} rounds, {Environment.ProcessorCount} threads, {NewTokens} new tokens; times in ms");
        Console.WriteLine();
        Console.WriteLine("| method | kept | to first token | encode + project | prefill | selection | saved | selection / saved | decode tokens/s | cache MiB | GFLOP |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var setting in settings)
        {
            var runs = reports[setting];
            double selection = SideBySide.Median(runs, report => report.AllSelection.TotalMilliseconds);
            double saved = whole - SideBySide.Median(runs, Total) + selection;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {setting.Method} | {runs[0].Map.Outputs} of {runs[0].VisualTokens} | {SideBySide.Median(runs, report => report.TimeToFirstToken.TotalMilliseconds):F0} | {SideBySide.Median(runs, report => (report.Encoding + report.Projection).TotalMilliseconds):F0} | {SideBySide.Median(runs, report => report.Prefill.TotalMilliseconds):F0} | {selection:F2} | {(setting.Ratio < 1 ? saved.ToString("F0", CultureInfo.InvariantCulture) : "")} | {(setting.Ratio < 1 ? (selection / saved).ToString("P1", CultureInfo.InvariantCulture) : "")} | {SideBySide.Median(runs, report => report.DecodeSteps / report.Decode.TotalSeconds):F1} | {runs[0].CacheBytesPerLayer.Sum() / 1048576.0:F1} | {(runs[0].EncoderFlops + runs[0].PrefillFlops) / 1e9:F0} |"));
        }
    }

    private static double Total(RunReport report) => report.TimeToFirstToken.TotalMilliseconds + report.Decode.TotalMilliseconds;

    private static Image Picture(int side)
    {
        var random = new SplitMix64(7);
        var rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)random.Next();
        }

        return new Image(side, side, rgb);
    }
}
