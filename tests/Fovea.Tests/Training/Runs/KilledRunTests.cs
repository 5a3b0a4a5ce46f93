using System.Diagnostics;

namespace Fovea.Tests.Training.Runs;

/// <summary>Runs that the operating system kills, at moments that differ each time. FOVEA_KILLS says how often; 3 if it is not there.</summary>
public sealed class KilledRunTests(ITestOutputHelper output) : IDisposable
{
    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("kind", "end-to-end")]
    public async Task Run_KilledAgainAndAgain_EndsWithTheBitsOfARunThatWasNot()
    {
        int wanted = int.TryParse(Environment.GetEnvironmentVariable("FOVEA_KILLS"), out int given) ? given : 3;
        string whole = _folder.In("whole"), killed = _folder.In("killed");
        var length = ("max_steps", 30 * wanted);
        var clock = Stopwatch.StartNew();
        TrainingFolder.Run(_folder.Options(length, ("output_dir", whole), ("save_steps", 1)));
        string configuration = _folder.Write(length, ("output_dir", killed), ("save_steps", 1));
        var random = new Random(wanted);
        int kills = 0;
        for (bool finished = false; !finished;)
        {
            int before = Steps(killed);
            using var child = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Fovea.Cli.dll"), "train", configuration, "--resume"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            var errors = child.StandardError.ReadToEndAsync();
            // Mostly while steps and checkpoints are made, sometimes before it has come so far.
            bool early = random.Next(4) == 0;
            while (kills < wanted && !early && !child.HasExited && Steps(killed) == before)
            {
                await Task.Delay(1);
            }

            await Task.Delay(random.Next(0, early ? 2000 : 500));
            if (kills < wanted && !child.HasExited)
            {
                child.Kill();
                kills++;
                await child.WaitForExitAsync();
                output.WriteLine($"killed after step {Steps(killed)}, with {string.Join(", ", Names(killed))}");
                continue;
            }

            await child.WaitForExitAsync();
            Assert.True(child.ExitCode == 0, await errors);
            finished = true;
        }

        output.WriteLine($"{kills} kills, {clock.Elapsed.TotalSeconds:F0} s");
        Assert.Equal(wanted, kills);
        Assert.Equal(TrainingFolder.Result(whole), TrainingFolder.Result(killed));
        Assert.Equal(TrainingFolder.Metrics(whole), TrainingFolder.Metrics(killed));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path, "*.partial", SearchOption.AllDirectories), _ => true);
    }

    private static IEnumerable<string?> Names(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order() : [];

    private static int Steps(string folder) =>
        Directory.Exists(folder) ? Directory.GetDirectories(folder, "checkpoint-*").Select(path => int.TryParse(path.Split('-')[^1], out int step) ? step : 0).DefaultIfEmpty(0).Max() : 0;
}
