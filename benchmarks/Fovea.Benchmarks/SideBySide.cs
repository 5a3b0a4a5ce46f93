using System.Diagnostics;
using System.Globalization;

namespace Fovea.Benchmarks;

/// <summary>One piece of work done by a peer and by Fovea in turn, so that both meet the same machine.</summary>
internal static class SideBySide
{
    private const int Turns = 3;

    /// <summary>The first line of a table that <see cref="Row"/> goes on with.</summary>
    public const string Header = "| work | peer | peer ms | Fovea ms | Fovea's speed / peer's |\n|---|---|---|---|---|";

    /// <summary>Times both three times in turn and prints the medians and their ratio.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="name">Who the peer is.</param>
    /// <param name="peer">The peer's milliseconds for the work.</param>
    /// <param name="ours">Our milliseconds for the same work.</param>
    public static void Row(string work, string name, Func<double> peer, Func<double> ours)
    {
        var theirs = new double[Turns];
        var mine = new double[Turns];
        for (int turn = 0; turn < Turns; turn++)
        {
            theirs[turn] = peer();
            mine[turn] = ours();
        }

        double ratio = Median(theirs) / Median(mine);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {work} | {name} | {Median(theirs):F2} | {Median(mine):F2} | {ratio:F2} |"));
    }

    /// <summary>Runs a peer's script, whose last line is its milliseconds.</summary>
    /// <exception cref="InvalidOperationException">It cannot be started, fails, or prints no number.</exception>
    public static double Peer(string program, params string[] arguments)
    {
        string output = Output(program, arguments);
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
        return double.TryParse(last, CultureInfo.InvariantCulture, out double milliseconds) ? milliseconds : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} printed '{last}' instead of milliseconds.");
    }

    /// <summary>What a program prints.</summary>
    /// <exception cref="InvalidOperationException">It cannot be started or fails.</exception>
    public static string Output(string program, params string[] arguments) => Run(program, arguments).Output;

    /// <summary>Milliseconds of a whole process.</summary>
    public static double Milliseconds(string program, params string[] arguments) => Run(program, arguments).Milliseconds;

    /// <summary>Milliseconds of a whole process, the best of five.</summary>
    public static double Process(string program, params string[] arguments) => Enumerable.Range(0, 5).Min(_ => Milliseconds(program, arguments));

    /// <summary>The value in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>The value in the middle of those of some things.</summary>
    public static double Median<T>(IReadOnlyCollection<T> things, Func<T, double> value) => Median([.. things.Select(value)]);

    private static (string Output, double Milliseconds) Run(string program, string[] arguments)
    {
        long started = Stopwatch.GetTimestamp();
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? (output, Stopwatch.GetElapsedTime(started).TotalMilliseconds)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
