using System.Text.Json;
using Fovea.Models;
using Fovea.Models.Quantization;
using Fovea.Tensors.Serialization;
using Fovea.Tensors.Threading;

namespace Fovea.Golden;

/// <summary><c>format/</c>: quantised checkpoints. Those of compressed-tensors are built.</summary>
public static class FormatSuite
{
    private const string Area = "format";
    private const string CorruptCases = "corrupt/cases.json";
    private const string OfCheckpoints = "packed checkpoint";

    /// <summary>Methods that a later reader is for.</summary>
    private static readonly string[] Awaited = ["awq", "gptq"];

    /// <summary>All cases below <paramref name="root"/>.</summary>
    public static IEnumerable<GoldenTest> Cases(string root)
    {
        string area = Path.Combine(root, Area);
        foreach (string folder in Directory.EnumerateDirectories(area).Where(folder => Path.GetFileName(folder) is not ("checkpoints" or "corrupt" or "adapters")))
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.json"))
            {
                yield return new GoldenTest(Path.GetRelativePath(root, path), () => Run(root, path));
            }
        }

        string corrupt = Path.Combine(area, CorruptCases);
        using var cases = JsonDocument.Parse(File.ReadAllBytes(corrupt));
        foreach (var item in cases.RootElement.GetProperty("cases").EnumerateArray().Select(item => item.Clone()).ToList())
        {
            string name = item.GetProperty("name").GetString() ?? "";
            yield return new GoldenTest($"{Area}/{CorruptCases}:{name}", () => RunCorrupt(item, Path.Combine(area, "corrupt", name)));
        }
    }

    private static void Run(string root, string path)
    {
        using var golden = new GoldenCase(path);
        switch (Path.GetFileName(Path.GetDirectoryName(path)))
        {
            case "compressed-tensors":
                RunModule(golden);
                break;
            case "packed-model":
                RunModel(root, golden);
                break;
            case var folder:
                throw new NotBuiltException(folder ?? Area);
        }
    }

    /// <summary>One module: its tensors are called <c>in.*</c>, so that it is a checkpoint with the module <c>in</c>.</summary>
    private static void RunModule(GoldenCase golden)
    {
        string format = golden.Options.GetProperty("format").GetString() ?? "";
        if (!golden.Options.TryGetProperty("weights", out var weights))
        {
            throw new NotBuiltException(format);
        }

        using var stored = SafetensorsReader.Open(Path.ChangeExtension(golden.Path, ".safetensors"));
        using var workers = new Workers(1);
        var quantized = Built(() =>
        {
            var scheme = CompressedTensorsScheme.Read(new ConfigReader(golden.Path, weights), format);
            return new CompressedTensorsModule(stored, "in", scheme).Open();
        });
        using var matrix = quantized.Read(workers);
        using var wide = matrix.Widen();
        golden.Check("y", wide.AsSpan<float>());
        Compare.Exact("expectations", "y", string.Join(' ', golden.Expected.Select(expected => expected.Name)));
    }

    private static void RunModel(string root, GoldenCase golden)
    {
        string folder = Path.Combine(root, golden.Root.GetProperty("checkpoint").GetString() ?? "");
        using var checkpoint = Built(() => new PackedCheckpoint(folder));
        int[] prompt = [.. golden.Input("input_ids").AsSpan<long>().ToArray().Select(id => (int)id)];
        var (logits, tokens) = checkpoint.Run(prompt, golden.Options.GetProperty("greedy_steps").GetInt32());
        foreach (var expected in golden.Expected)
        {
            switch (expected.Name)
            {
                case "logits":
                    golden.Check(expected.Name, logits);
                    break;
                case "tokens":
                    golden.Check(expected.Name, tokens);
                    break;
                default:
                    throw new GoldenMismatchException($"the expectation {expected.Name} is not understood");
            }
        }
    }

    private static void RunCorrupt(JsonElement item, string path)
    {
        string level = item.GetProperty("level").GetString() ?? "";
        if (level != OfCheckpoints || Awaited.Contains(CheckpointFolder.Open(path).Config.GetProperty("quantization_config").GetProperty("quant_method").GetString()))
        {
            throw new NotBuiltException(level);
        }

        bool accept = item.GetProperty("verdict").GetString() == "accept";
        try
        {
            new PackedCheckpoint(path).Dispose();
        }
        catch (InvalidDataException) when (!accept)
        {
            return;
        }
        catch (NotSupportedException refusal)
        {
            if (accept)
            {
                throw new NotBuiltException(refusal.Message);
            }

            return;
        }

        Compare.Exact("verdict", item.GetProperty("verdict").GetString() ?? "", "accept");
    }

    private static T Built<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (NotSupportedException refusal)
        {
            throw new NotBuiltException(refusal.Message);
        }
    }
}
