using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Reduction.Methods;

namespace Fovea.Evaluation;

/// <summary>
/// The figures that orailix/PACT reports after an evaluation, summed over all samples with pictures, and the file that it writes. Row ends and other
/// special tokens are not counted, as there.
/// </summary>
/// <param name="options">The configuration that ran.</param>
public sealed class PactMetrics(PactOptions options)
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, IndentSize = 2 };

    private long _before, _after, _overLayers, _allLayers;
    private int _samples;
    private double _algorithm, _generation;

    /// <summary>Adds what one answer cost.</summary>
    public void Add(AnswerCost cost)
    {
        _samples++;
        _before += cost.Reached;
        _after += cost.Left;
        _overLayers += cost.TokensOverLayers;
        _allLayers += (long)cost.Layers * cost.VisualTokens;
        _algorithm += cost.SelectionSeconds;
        _generation += cost.GenerationSeconds;
    }

    /// <summary>The figures by the reference's labels; one whose inputs are missing is left out.</summary>
    public JsonObject ToJson()
    {
        var metrics = new JsonObject();
        bool timed = options.Synchro || options.GetPerformanceMetrics;
        if ((timed || options.GetReductionRatio) && !options.ProgressiveReduction && !options.UseTome && _before > 0)
        {
            metrics["Reduction Ratio"] = 1 - ((double)_after / _before);
        }

        if (timed && _allLayers > 0)
        {
            metrics["Reduction Mean Across Layers"] = 1 - ((double)_overLayers / _allLayers);
        }

        if (timed && _samples > 0)
        {
            metrics["Algorithm Execution Time"] = _algorithm / _samples;
        }

        if (_samples > 0)
        {
            metrics["LLM Generation Mean Time"] = _generation / _samples;
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        metrics["Peak Memory Allocated (GB)"] = process.PeakWorkingSet64 / (double)(1L << 30);
        return metrics;
    }

    /// <summary>
    /// Writes <c>yyyyMMdd_HHmmss_TASKS.json</c>, the time in Singapore, into <c>log_output_path</c>, in the reference's layout, and beside it
    /// <c>yyyyMMdd_HHmmss_TASKS.fovea.json</c> in ours. The folder is made if it is not there; a later run of the same second is numbered.
    /// </summary>
    /// <param name="tasks">Names of the question sets.</param>
    /// <param name="results">What was answered rightly.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="modelArguments">How it was run.</param>
    /// <param name="ours">The second file.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The first file.</returns>
    /// <exception cref="IOException">The folder or file cannot be written.</exception>
    public string Write(IReadOnlyList<string> tasks, JsonObject results, string model, string modelArguments, string ours, TimeProvider time)
    {
        var configuration = JsonSerializer.SerializeToNode(options, PactJson.Default.PactOptions) as JsonObject ?? [];
        configuration.Remove("preset");
        configuration.Remove("compatibility");
        var report = new JsonObject
        {
            ["reduction_metrics"] = ToJson(),
            ["results"] = results.DeepClone(),
            ["model"] = model,
            ["model_args"] = modelArguments,
            ["pact_config"] = configuration,
        };
        Directory.CreateDirectory(options.LogOutputPath);
        string stamp = time.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
        string name = Path.Combine(options.LogOutputPath, $"{stamp}_{string.Join('_', tasks)}"), unique = name;
        for (int number = 2; File.Exists(unique + ".json"); number++)
        {
            unique = $"{name}_{number}";
        }

        File.WriteAllText(unique + ".json", report.ToJsonString(Layout));
        File.WriteAllText(unique + ".fovea.json", ours);
        return unique + ".json";
    }
}
