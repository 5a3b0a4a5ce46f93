using System.Diagnostics;

namespace Fovea.Benchmarks;

/// <summary>Times an action: after a warm-up, the best of several rounds, because other work of the machine only ever adds time.</summary>
internal static class Stopclock
{
    private const double RoundSeconds = 0.1;
    private const int Rounds = 5;

    /// <summary>Seconds of one call.</summary>
    public static double Seconds(Action action)
    {
        int calls = 1;
        double round = Round(action, calls);
        while (round < RoundSeconds)
        {
            calls = round <= 0 ? calls * 10 : (int)Math.Max(calls + 1, Math.Min(calls * 10.0, calls * RoundSeconds * 1.2 / round));
            round = Round(action, calls);
        }

        double best = round;
        for (int i = 1; i < Rounds; i++)
        {
            best = Math.Min(best, Round(action, calls));
        }

        return best / calls;
    }

    private static double Round(Action action, int calls)
    {
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return clock.Elapsed.TotalSeconds;
    }
}
