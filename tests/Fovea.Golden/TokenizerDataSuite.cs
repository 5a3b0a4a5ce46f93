using System.Text.Json;
using Fovea.Text;
using Fovea.Text.PreTokenizers;
using Fovea.Text.SentencePiece;
using Fovea.Text.Unicode;

namespace Fovea.Golden;

/// <summary>Cases of what lies below a tokenizer: the bare SentencePiece model and the character classes.</summary>
internal static class TokenizerDataSuite
{
    /// <summary>Encode, decode and normalise with the model file as it is.</summary>
    public static IEnumerable<GoldenTest> SentencePiece(string path, string folder, string id)
    {
        var model = new Lazy<SentencePieceModel>(() => new SentencePieceModel(SentencePieceFile.Load(Directory.EnumerateFiles(folder, "*.model").First())));
        var root = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        int index = 0;
        foreach (var test in root.GetProperty("cases").EnumerateArray())
        {
            yield return new GoldenTest($"{id}#{index++:D3}", () => RunBare(model.Value, test));
        }
    }

    /// <summary>Every code point against the classes of the splitting expressions.</summary>
    public static void UnicodeClasses(string path)
    {
        var root = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        Ranges(root.GetProperty("L"), "\\p{L}", CharacterClasses.IsLetter);
        Ranges(root.GetProperty("N"), "\\p{N}", CharacterClasses.IsNumber);
        Ranges(root.GetProperty("s"), "\\s", CharacterClasses.IsSpace);
        var letters = root.GetProperty("ci").EnumerateArray().Select(letter => letter.GetInt32()).ToHashSet();
        for (int c = 0; c < 0x110000; c++)
        {
            bool matches = Scan.Contraction(['\'', c], 0, ignoreCase: true) > 0 || Scan.Contraction(['\'', c, 'e'], 0, true) == 3
                || Scan.Contraction(['\'', c, 'l'], 0, true) == 3 || Scan.Contraction(['\'', 'r', c], 0, true) == 3;
            Compare.Exact($"contraction letter U+{c:X4}", letters.Contains(c), matches);
        }
    }

    private static void RunBare(SentencePieceModel model, JsonElement test)
    {
        var work = new EncodingWorkspace();
        work.Input.Add(test.GetProperty("text").GetString());
        model.Encode(work.Input, 0, work.Input.Count, model.File.AddDummyPrefix, work);
        Compare.Text("normalized", test.GetProperty("normalized").GetString() ?? "", Scalars.ToText(work.Words.Scalars));
        int[] ids = [.. work.Tokens.Spans.Select(token => token.Id)];
        TokenizerSuite.Same("ids", TokenizerSuite.Ids(test, "ids"), ids);
        var output = new System.Text.StringBuilder();
        var decoder = new PieceDecoder(model, model.File.AddDummyPrefix, output);
        foreach (int id in ids)
        {
            decoder.Push(model.File.Pieces[id].Text);
        }

        decoder.Finish();
        Compare.Text("decoded", test.GetProperty("decoded").GetString() ?? "", output.ToString());
    }

    private static void Ranges(JsonElement ranges, string name, Func<int, bool> matches)
    {
        int next = 0;
        foreach (var range in ranges.EnumerateArray())
        {
            int first = range[0].GetInt32(), last = range[1].GetInt32();
            for (; next <= last; next++)
            {
                Compare.Exact($"{name} of U+{next:X4}", next >= first, matches(next));
            }
        }

        for (; next < 0x110000; next++)
        {
            Compare.Exact($"{name} of U+{next:X4}", false, matches(next));
        }
    }
}
