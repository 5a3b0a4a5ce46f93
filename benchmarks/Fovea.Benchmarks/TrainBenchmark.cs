using System.Globalization;
using System.Text.Json;

namespace Fovea.Benchmarks;

/// <summary>
/// Training foveola beside PyTorch, on the same batches. Each contender is a process of its own that warms up before its clock runs; both take their turns in every
/// round, and medians are compared.
/// </summary>
internal static class TrainBenchmark
{
    private static readonly int[] Sizes = [16, 32];

    /// <summary>Prints the table.</summary>
    /// <param name="root">The project's folder.</param>
    /// <param name="arguments">The Python that has PyTorch, <c>--rounds N</c>, <c>--steps N</c>, <c>--samples N</c> of a step in place of 16 and 32.</param>
    public static void Run(string root, string[] arguments)
    {
        string python = arguments is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : "/usr/bin/python3";
        int rounds = Number(arguments, "--rounds", 3), steps = Number(arguments, "--steps", 16);
        string model = Path.Combine(root, "models/foveola/model"), script = Path.Combine(root, "benchmarks/peers/train.py");
        string folder = Directory.CreateTempSubdirectory("fovea-train-").FullName;
        Console.WriteLine("| stage, numbers, samples of a step | PyTorch, samples/s | Fovea, samples/s | Fovea's speed / PyTorch's | losses of first and last step, PyTorch | Fovea |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (int batch in Number(arguments, "--samples", 0) is > 0 and var own ? [own] : Sizes)
        {
            string file = Path.Combine(folder, $"{batch}.safetensors");
            using (var prepared = new TrainingSteps(model, 2, batch))
            {
                prepared.Write(file);
            }

            foreach (var (stage, format) in (ReadOnlySpan<(string, string)>)[("2", "f32"), ("2", "bf16"), ("1", "f32"), ("1", "bf16")])
            {
                string count = $"{batch}", timed = $"{steps}";
                Func<string> peer = () => SideBySide.Output(python, script, model, file, stage, format, timed, $"{Environment.ProcessorCount}");
                Compare($"{stage}, {format}, {batch}", rounds, peer, () => Ours(model, stage, format, count, "prepared", timed));
                if (stage == "2" && format == "f32")
                {
                    Compare($"{stage}, {format}, {batch}; Fovea draws its scenes meanwhile", rounds, peer, () => Ours(model, stage, format, count, "drawn", timed));
                }
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Our side, in this process.</summary>
    /// <param name="arguments">Model, stage, format, samples of a step, prepared or drawn, steps.</param>
    public static void RunOne(string[] arguments)
    {
        using var trainer = new TrainingSteps(arguments[0], Whole(arguments[1]), Whole(arguments[3]));
        trainer.Run(arguments[2] == "bf16", arguments[4] == "drawn", Whole(arguments[5]));
    }

    private static string Ours(params string[] arguments) => SideBySide.Output(Environment.ProcessPath ?? "", ["train-steps", .. arguments]);

    private static void Compare(string work, int rounds, Func<string> peer, Func<string> ours)
    {
        var (theirs, mine) = (new List<Speed>(), new List<Speed>());
        for (int round = 0; round < rounds; round++)
        {
            theirs.Add(Speed.Of(peer()));
            mine.Add(Speed.Of(ours()));
        }

        double slow = SideBySide.Median(theirs, speed => speed.SamplesPerSecond), fast = SideBySide.Median(mine, speed => speed.SamplesPerSecond);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work} | {slow:F2} | {fast:F2} | {fast / slow:F2} | {theirs[0].Losses} | {mine[0].Losses} |"));
    }

    private static int Number(string[] arguments, string name, int usual) =>
        Array.IndexOf(arguments, name) is >= 0 and var at ? Whole(arguments[at + 1]) : usual;

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>What a contender prints.</summary>
    private sealed record Speed(double SamplesPerSecond, string Losses)
    {
        public static Speed Of(string output)
        {
            using var json = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
            var root = json.RootElement;
            return new Speed(
                root.GetProperty("samples_per_second").GetDouble(),
                string.Create(CultureInfo.InvariantCulture, $"{root.GetProperty("first_loss").GetDouble():F6}, {root.GetProperty("last_loss").GetDouble():F6}"));
        }
    }
}
