using System.Globalization;
using System.Text.Json;

namespace Fovea.Benchmarks;

/// <summary>
/// Whole encoders and language models beside ONNX Runtime and llama.cpp. Each is a process of its own; in every round each takes its turn, and medians over the
/// rounds are compared.
/// </summary>
internal sealed class PeerBenchmark(string modules, int rounds)
{
    private const string PrefillFigure = "prefill_ms", DecodeFigure = "decode_ms_per_token";

    private static readonly string[] Formats = ["f32", "bf16", "int8", "int4"];

    private readonly string _scripts = Path.Combine(Directory.GetCurrentDirectory(), "benchmarks", "peers");

    /// <summary>Runs the parts whose name holds a text, or all.</summary>
    /// <param name="modules">The folder with node_modules.</param>
    /// <param name="arguments">The text, and <c>--rounds N</c>.</param>
    public static void Run(string modules, string[] arguments)
    {
        int at = Array.IndexOf(arguments, "--rounds");
        string part = arguments is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal) ? first : "";
        var benchmark = new PeerBenchmark(modules, at >= 0 ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : 3);
        foreach (var (name, run) in (ReadOnlySpan<(string, Action)>)[("encoder", benchmark.Encoders), ("prefill", benchmark.Prefill), ("decode", benchmark.Decode), ("start", benchmark.Start)])
        {
            if (name.Contains(part, StringComparison.Ordinal))
            {
                run();
            }
        }
    }

    private void Encoders()
    {
        foreach (string shape in new[] { "clip-l336", "siglip-so400m" })
        {
            Compare($"{shape} encoder, ms", Onnx(shape, "32", "8"), [.. Formats[..3].Select(format => Ours(shape, format, "ms"))]);
        }
    }

    private void Prefill() => Compare(
        "qwen2-0.5b prefill of 793 tokens, ms",
        [.. Onnx("qwen2-0.5b", "32", "8", "4"), .. Llama("0.5b", PrefillFigure, "793", "bf16", "q8_0", "q4_k")],
        [.. Formats.Select(format => Ours("qwen2-0.5b", format, PrefillFigure))]);

    private void Decode() => Compare(
        "qwen2-1.5b decode behind 64 tokens, ms a token",
        Llama("1.5b", DecodeFigure, "64", "bf16", "q8_0", "q4_k"),
        [.. Formats.Select(format => Ours("qwen2-1.5b", format, DecodeFigure, "64"))]);

    private void Start()
    {
        string script = Script("llama.mjs"), model = Gguf("0.5b", "bf16");
        Compare(
            "start to the first token of a 16-token prompt, whole process, ms",
            [new("llama.cpp bf16", () => SideBySide.Milliseconds("node", script, model, "16", "0", $"{Environment.ProcessorCount}", "0"))],
            [.. new[] { "bf16", "int8" }.SelectMany(format => (Contender[])[OurStart(format), OurSecondStart(format)])]);
    }

    private static Contender OurStart(string format, params string[] folder) =>
        new("Fovea " + format, () => SideBySide.Milliseconds(Environment.ProcessPath ?? "", ["start", "qwen2-0.5b", format, .. folder]));

    /// <summary>A start that finds the packed weights of one before.</summary>
    private Contender OurSecondStart(string format)
    {
        var start = OurStart(format, Path.Combine(modules, "packed"));
        start.Milliseconds();
        return start with { Name = $"{start.Name}, packed cache" };
    }

    private void Compare(string work, Contender[] peers, Contender[] ours)
    {
        Contender[] all = [.. peers, .. ours];
        var times = all.ToDictionary(contender => contender.Name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (var contender in all)
            {
                times[contender.Name].Add(contender.Milliseconds());
            }
        }

        Console.WriteLine();
        Console.WriteLine($"| {work} | median | lowest | {string.Join(" | ", ours.Select(own => $"{own.Name} is faster by"))} |");
        Console.WriteLine($"|---|---|---|{string.Concat(ours.Select(_ => "---|"))}");
        foreach (var contender in all)
        {
            double median = SideBySide.Median(times[contender.Name]);
            var ratios = ours.Select(own => contender.Name == own.Name ? "" : (median / SideBySide.Median(times[own.Name])).ToString("F2", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contender.Name} | {median:F1} | {times[contender.Name].Min():F1} | {string.Join(" | ", ratios)} |"));
        }
    }

    private Contender[] Onnx(string shape, params string[] bits)
    {
        string script = Script("onnxruntime.mjs");
        return [.. bits.Select(bit => new Contender($"ONNX Runtime {(bit == "32" ? "f32" : "int" + bit)}", () => Figure(SideBySide.Output("node", script, Path.Combine(_scripts, "onnx", $"{shape}-{bit}.onnx")), "ms")))];
    }

    private Contender[] Llama(string shape, string figure, string tokens, params string[] types)
    {
        string script = Script("llama.mjs");
        return [.. types.Select(type => new Contender("llama.cpp " + type, () => Figure(SideBySide.Output("node", script, Gguf(shape, type), tokens), figure)))];
    }

    private static Contender Ours(string shape, string format, string figure, string tokens = "793") =>
        new("Fovea " + format, () => Figure(SideBySide.Output(Environment.ProcessPath ?? "", "whole", shape, tokens, format), figure));

    /// <summary>A file of random weights, written at the first use.</summary>
    private string Gguf(string shape, string type)
    {
        string file = Path.Combine(modules, $"{shape}-{type}.gguf");
        if (!File.Exists(file))
        {
            SideBySide.Output("node", Path.Combine(_scripts, "gguf.mjs"), file, type, shape);
        }

        return file;
    }

    /// <summary>A script beside the packages: only there does Node.js find them.</summary>
    private string Script(string name)
    {
        string copy = Path.Combine(modules, name);
        File.Copy(Path.Combine(_scripts, name), copy, overwrite: true);
        return copy;
    }

    /// <summary>A figure of the JSON object in the last line.</summary>
    private static double Figure(string output, string name)
    {
        using var json = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return json.RootElement.TryGetProperty(name, out var value) ? value.GetDouble() : throw new InvalidOperationException($"There is no {name} in {output}.");
    }

    private sealed record Contender(string Name, Func<double> Milliseconds);
}
