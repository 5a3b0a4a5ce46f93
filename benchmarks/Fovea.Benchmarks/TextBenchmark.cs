using System.Text;
using System.Text.Json;
using Fovea.Text;

namespace Fovea.Benchmarks;

/// <summary>Tokenising prompts of 4,000 characters on one thread, beside the Rust library of Hugging Face (its Node.js package).</summary>
internal static class TextBenchmark
{
    private const int Characters = 4000;
    private const int CorpusLimit = 400_000;
    private static readonly string[] Tokenizers = ["qwen2-bpe", "llama3-bpe", "llama-bpe", "clip-bpe"];

    /// <summary>Runs it. The argument is the folder with node_modules.</summary>
    public static void Run(string root, string modules)
    {
        Console.WriteLine(SideBySide.Header);
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("English and code", Prose(root)), ("many scripts", Scripts(root))])
        {
            string[] prompts = [.. text.Chunk(Characters).Where(chunk => !char.IsSurrogate(chunk[0]) && !char.IsSurrogate(chunk[^1])).Select(chunk => new string(chunk))];
            string file = Path.GetTempFileName();
            File.WriteAllText(file, JsonSerializer.Serialize(prompts));
            foreach (string tokenizer in Tokenizers)
            {
                string folder = Path.Combine(root, "tests/golden/tokenizer", tokenizer);
                var ours = Tokenizer.Load(folder);
                SideBySide.Row(
                    $"{tokenizer}, {name}, {prompts.Sum(prompt => prompt.Length)} characters",
                    "tokenizers (Rust)",
                    () => SideBySide.Peer("node", Path.Combine(root, "benchmarks/peers/tokenizers.js"), modules, Path.Combine(folder, "tokenizer.json"), file),
                    () => 1000 * Stopclock.Seconds(() =>
                    {
                        foreach (string prompt in prompts)
                        {
                            ours.Encode(prompt);
                        }
                    }));
            }

            File.Delete(file);
        }
    }

    private static string Prose(string root)
    {
        var text = new StringBuilder();
        foreach (string file in Directory.EnumerateFiles(root, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            text.Append(File.ReadAllText(file));
        }

        return text.ToString(0, Math.Min(text.Length, CorpusLimit));
    }

    /// <summary>The texts of the golden cases, whatever their script.</summary>
    private static string Scripts(string root)
    {
        var text = new StringBuilder();
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "tests/golden/tokenizer/qwen2-bpe/cases.json")));
        string[] texts = [.. Texts(cases.RootElement).Where(part => part.Length < Characters)];
        while (text.Length < CorpusLimit)
        {
            foreach (string part in texts)
            {
                text.Append(part).Append('\n');
            }
        }

        return text.ToString(0, CorpusLimit);
    }

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property is { Name: "text", Value.ValueKind: JsonValueKind.String } ? [property.Value.GetString() ?? ""] : Texts(property.Value)),
        _ => [],
    };
}
