using System.Text.Json;
using Fovea.Text;

namespace Fovea.Golden;

/// <summary>Cases of the area <c>tokenizer</c>: one test per text or list of ids, below the folder of each tokenizer.</summary>
public static class TokenizerSuite
{
    /// <summary>The tests of <c>root/tokenizer</c>.</summary>
    public static IEnumerable<GoldenTest> Tests(string root)
    {
        string area = Path.Combine(root, "tokenizer");
        foreach (string path in Directory.EnumerateFiles(area, "*.json", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(path), id = Path.GetRelativePath(root, path), folder = Path.GetDirectoryName(path) ?? area;
            bool templates = folder.EndsWith("chat-templates", StringComparison.Ordinal);
            var tests = name switch
            {
                "cases.json" when !templates => Tokenizer(path, folder, id),
                "cases.json" => ChatTemplateSuite.Renderings(path, id),
                "builtin.json" => ChatTemplateSuite.BuiltIn(path, id),
                "resolution.json" => ChatTemplateSuite.Resolutions(path, id),
                "checkpoints.json" => ChatTemplateSuite.Checkpoints(root, path, id),
                "sentencepiece.json" => TokenizerDataSuite.SentencePiece(path, folder, id),
                "unicode_classes.json" => [new GoldenTest(id, () => TokenizerDataSuite.UnicodeClasses(path))],
                "tokenizer.json" or "tokenizer_config.json" or "special_tokens_map.json" => [],
                _ => [new GoldenTest(id, () => throw new GoldenMismatchException($"{name} is no known kind of tokenizer cases"))],
            };
            foreach (var test in tests)
            {
                yield return test;
            }
        }
    }

    private static IEnumerable<GoldenTest> Tokenizer(string path, string folder, string id)
    {
        var tokenizer = new Lazy<Tokenizer>(() => Fovea.Text.Tokenizer.Load(folder));
        var root = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        int index = 0;
        foreach (var test in root.GetProperty("cases").EnumerateArray())
        {
            yield return new GoldenTest($"{id}#{index++:D3}", () => Encode(tokenizer.Value, test));
        }

        index = 0;
        foreach (var test in root.TryGetProperty("decode_cases", out var decoding) ? decoding.EnumerateArray() : default)
        {
            yield return new GoldenTest($"{id}#decode-{index++:D3}", () =>
            {
                int[] ids = Ids(test, "ids");
                Decode(tokenizer.Value, test, ids, Text(test, "decoded"));
            });
        }
    }

    private static void Encode(Tokenizer tokenizer, JsonElement test)
    {
        string text = Text(test, "text");
        int[] expected = Ids(test, "ids");
        int[] around = test.TryGetProperty("ids_special", out _) ? Ids(test, "ids_special") : [.. Ids(test, "before"), .. expected, .. Ids(test, "after")];
        Same("ids", expected, tokenizer.Encode(text, addSpecialTokens: false));
        Same("ids with special tokens", around, tokenizer.Encode(text));
        Compare.Exact("count", expected.Length, tokenizer.Count(text));
        if (test.TryGetProperty("tokens", out var tokens))
        {
            Compare.Text("tokens", string.Join('|', tokens.EnumerateArray()), string.Join('|', expected.Select(tokenizer.TokenOf)));
        }

        Decode(tokenizer, test, expected, Text(test, "decoded", text));
        string skipped = Text(test, "decoded_skip", Text(test, "decoded", text));
        Compare.Text("decoded with special tokens added", Text(test, "decoded_special_skip", skipped), tokenizer.Decode(around));
    }

    private static void Decode(Tokenizer tokenizer, JsonElement test, int[] ids, string decoded)
    {
        Compare.Text("decoded", decoded, tokenizer.Decode(ids, skipSpecialTokens: false));
        Compare.Text("decoded without special tokens", Text(test, "decoded_skip", decoded), tokenizer.Decode(ids));
        if (test.TryGetProperty("stream", out var pieces))
        {
            var stream = tokenizer.Stream();
            string[] actual = [.. ids.Select(stream.Push), stream.Finish()];
            Compare.Text("stream", string.Join('|', pieces.EnumerateArray()), string.Join('|', actual));
        }
    }

    internal static void Same(string name, int[] expected, int[] actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            int at = expected.AsSpan().CommonPrefixLength(actual);
            throw new GoldenMismatchException($"{name} differ at {at}: [{string.Join(' ', actual.Skip(at).Take(12))}], expected [{string.Join(' ', expected.Skip(at).Take(12))}]");
        }
    }

    internal static int[] Ids(JsonElement test, string name) =>
        test.TryGetProperty(name, out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : [];

    private static string Text(JsonElement test, string name, string absent = "") => test.TryGetProperty(name, out var text) ? text.GetString() ?? "" : absent;
}
