using System.Globalization;
using System.Text.Json;

namespace Fovea.Benchmarks;

/// <summary>
/// Whole encoders and language models beside ONNX Runtime and llama.cpp. Each is a process of its own; in every round each takes its turn, and medians over the
/// rounds are compared.
/// </summary>
internal sealed class PeerBenchmark(string modules, int rounds)
{
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
            Compare($"{shape} encoder, ms", "ms", Onnx(shape, "32", "8"), [.. Formats[..3].Select(format => Ours(shape, format))]);
        }
    }

    private void Prefill() => Compare(
        "qwen2-0.5b prefill of 793 tokens, ms", "prefill_ms|ms", [.. Onnx("qwen2-0.5b", "32", "8", "4"), .. Llama("0.5b", "bf16", "q8_0", "q4_k")], [.. Formats.Select(format => Ours("qwen2-0.5b", format))]);

    private void Decode() => Compare(
        "qwen2-1.5b decode behind 64 tokens, ms a token", "decode_ms_per_token", Llama("1.5b", "bf16", "q8_0", "q4_k"), [.. Formats.Select(format => Ours("qwen2-1.5b", format, "64"))]);

    private void Start()
    {
        string script = Script("llama.mjs"), model = Gguf("0.5b", "bf16");
        Compare(
            "start to the first token of a 16-token prompt, whole process, ms",
            "",
            [new("llama.cpp bf16", () => Process("node", script, model, "16", "0", $"{Environment.ProcessorCount}", "0"))],
            [.. new[] { "bf16", "int8" }.Select(format => new Contender("Fovea " + format, () => Process(Environment.ProcessPath ?? "", "start", "qwen2-0.5b", format)))]);
    }

    private void Compare(string work, string figure, Contender[] peers, Contender[] ours)
    {
        Contender[] all = [.. peers, .. ours];
        var times = all.ToDictionary(contender => contender.Name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (var contender in all)
            {
                times[contender.Name].Add(figure.Length == 0 ? double.Parse(contender.Run(), CultureInfo.InvariantCulture) : Figure(contender.Run(), figure));
            }
        }

        Console.WriteLine();
        Console.WriteLine($"| {work} | median | lowest | {string.Join(" | ", ours.Select(own => $"{own.Name} is faster by"))} |");
        Console.WriteLine($"|---|---|---|{string.Concat(ours.Select(_ => "---|"))}");
        foreach (var contender in all)
        {
            double median = Median(times[contender.Name]);
            var ratios = ours.Select(own => contender.Name == own.Name ? "" : (median / Median(times[own.Name])).ToString("F2", CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contender.Name} | {median:F1} | {times[contender.Name].Min():F1} | {string.Join(" | ", ratios)} |"));
        }
    }

    private Contender[] Onnx(string shape, params string[] bits)
    {
        string script = Script("onnxruntime.mjs");
        return [.. bits.Select(bit => new Contender($"ONNX Runtime {(bit == "32" ? "f32" : "int" + bit)}", () => SideBySide.Output("node", script, Path.Combine(_scripts, "onnx", $"{shape}-{bit}.onnx"))))];
    }

    private Contender[] Llama(string shape, params string[] types)
    {
        string script = Script("llama.mjs");
        string tokens = shape == "0.5b" ? "793" : "64";
        return [.. types.Select(type => new Contender("llama.cpp " + type, () => SideBySide.Output("node", script, Gguf(shape, type), tokens)))];
    }

    private static Contender Ours(string shape, string format, string tokens = "793") =>
        new("Fovea " + format, () => SideBySide.Output(Environment.ProcessPath ?? "", "whole", shape, tokens, format));

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

    private static string Process(string program, params string[] arguments)
    {
        long started = System.Diagnostics.Stopwatch.GetTimestamp();
        SideBySide.Output(program, arguments);
        return System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The first of the named figures in the JSON object of the last line.</summary>
    private static double Figure(string output, string names)
    {
        using var json = JsonDocument.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        foreach (string name in names.Split('|'))
        {
            if (json.RootElement.TryGetProperty(name, out var value))
            {
                return value.GetDouble();
            }
        }

        throw new InvalidOperationException($"There is no {names} in {output}.");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Contender(string Name, Func<string> Run);
}
