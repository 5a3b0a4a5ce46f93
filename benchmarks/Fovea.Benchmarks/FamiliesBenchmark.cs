using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>
/// Every family at its published shape with random weights: encoder, time to first token at several shares of the visual tokens, and peak memory, each in a
/// process of its own. Of the large models four layers are built; the time of the others is added and the row marked.
/// </summary>
internal static class FamiliesBenchmark
{
    private const int Width = 640, Height = 480;
    private static readonly double[] Ratios = [1, 0.5, 0.25, 0.1];

    /// <summary>Measures the families whose name holds a text, or all, and prints the table.</summary>
    public static async Task RunAsync(string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--rounds"), outAt = Array.IndexOf(arguments, "--out");
        string rounds = at >= 0 ? arguments[at + 1] : "3";
        string filter = arguments is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : "";
        var lines = new List<string>
        {
            $"One picture of {Width} x {Height} pixels, `uniform` behind the projector, medians of {rounds} rounds, {Environment.ProcessorCount} threads; times in ms, memory in MiB.",
            "~: four layers of the language model were built; the time of the others is added, their memory is not.",
            "",
            "| model | visual tokens | encode + project | to first token, 100 % | 50 % | 25 % | 10 % | decode tokens/s | peak memory | weights + cache + buffers | ratio |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
        };
        lines.ForEach(Console.WriteLine);
        foreach (var family in SyntheticFamilies.All.Where(family => family.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
        {
            string folder = Directory.CreateTempSubdirectory("fovea-family").FullName;
            try
            {
                family.Write(folder);
                lines.Add(await MeasureApartAsync(family.Name, folder, rounds));
                Console.WriteLine(lines[^1]);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        if (outAt >= 0)
        {
            await File.WriteAllLinesAsync(arguments[outAt + 1], ["# Families at their published shapes", "", .. lines]);
        }
    }

    /// <summary>Measures one family in this process and prints its row.</summary>
    public static void RunOne(string name, string folder, int rounds)
    {
        var family = SyntheticFamilies.All.Single(family => family.Name == name);
        using var compute = new Compute();
        using var model = KnownModels.Load(folder, compute);
        var generator = new Generator(model, compute);
        var image = Picture();
        var reports = Ratios.ToDictionary(ratio => ratio, _ => new List<RunReport>());
        generator.Generate(new GenerationRequest { Prompt = model.Prompt([Fovea.Text.ChatMessage.User("What is it?", 0)]), MaxNewTokens = 5, EndTokens = [] });
        for (int round = 0; round < rounds; round++)
        {
            foreach (double ratio in Ratios)
            {
                reports[ratio].Add(generator.Generate(Request(model, image, ratio)).Report);
            }
        }

        int built = model.LanguageModel.Config.NumHiddenLayers;
        double missing = family.PublishedLayers > built ? ((double)family.PublishedLayers / built) - 1 : 0;
        var whole = reports[1];
        double peak = PeakBytes() / 1048576.0;
        double accounted = (model.WeightBytes + whole[0].CacheBytesPerLayer.Sum() + compute.Arena.Capacity) / 1048576.0;
        string[] first = Array.ConvertAll(Ratios, ratio => Text(SideBySide.Median(reports[ratio], report => report.TimeToFirstToken.TotalMilliseconds + (missing * report.Prefill.TotalMilliseconds)), 0));
        double step = SideBySide.Median(whole, report => report.Decode.TotalSeconds / report.DecodeSteps) * (1 + missing);
        string mark = missing > 0 ? "~ " : "";
        Console.WriteLine(
            $"| {mark}{name} | {whole[0].VisualTokens} | {Text(SideBySide.Median(whole, report => (report.Encoding + report.Projection).TotalMilliseconds), 0)} | {string.Join(" | ", first)} | {Text(1 / step, 1)} | {Text(peak, 0)} | {Text(accounted, 0)} | {Text(peak / accounted, 2)} |");
    }

    private static GenerationRequest Request(MultimodalModel model, Image image, double ratio) => new()
    {
        Prompt = model.Prompt([Fovea.Text.ChatMessage.User("What is it?", 1)]),
        Images = [image],
        Plan = ratio < 1
            ? new ReductionPlan { Steps = [new PlanStep("uniform", KnownReducers.Find("uniform").Create(new Dictionary<string, string>()), TokenBudget.KeepRatio(ratio))] }
            : ReductionPlan.None,
        MaxNewTokens = 5,
        EndTokens = [],
    };

    private static async Task<string> MeasureApartAsync(string name, string folder, string rounds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        foreach (string argument in new[] { "family", name, folder, rounds })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        string row = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? row : throw new InvalidOperationException($"{name} failed with {process.ExitCode}.");
    }

    /// <summary>The most memory that the process ever held, pages of mapped files included.</summary>
    private static long PeakBytes()
    {
        const string Key = "VmHWM:";
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Key, StringComparison.Ordinal));
        return long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    private static string Text(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    private static Image Picture()
    {
        var random = new SplitMix64(7);
        var rgb = new byte[Width * Height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = (byte)random.Next();
        }

        return new Image(Width, Height, rgb);
    }
}
