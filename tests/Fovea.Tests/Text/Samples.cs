using System.Text;
using Fovea.Text;

namespace Fovea.Tests.Text;

/// <summary>Tokenizers of the golden folders, and seeded random texts.</summary>
internal static class Samples
{
    private static readonly string[] Words =
    [
        "hello", " world", "don't", "I'LL", "  ", "\n", "\t\n ", "123456", "𠮷野家", "日本語", "é", "e\u0301", "😀", "👩‍👩‍👧", "<image>", "</s>", "<|im_start|>", "▁", " ▁x", "\u00A0", "…", "ſ", "İ", "ﬁ", "\0", "\uFFFD", "a\u0315\u0300", "가", "각", "sw", "<lw> ", " <rw>", "#!?",
    ];

    public static Tokenizer Tokenizer(string name) => Fovea.Text.Tokenizer.Load(Repository.Path($"tests/golden/tokenizer/{name}"));

    public static string[] Names => [.. Directory.EnumerateDirectories(Repository.Path("tests/golden/tokenizer")).Select(path => Path.GetFileName(path) ?? "").Where(name => name != "chat-templates")
        .Order(StringComparer.Ordinal)];

    /// <summary>A text of words and random scalar values of all planes.</summary>
    public static string Text(Random random)
    {
        var text = new StringBuilder();
        for (int count = random.Next(12); count > 0; count--)
        {
            text.Append(random.Next(3) switch
            {
                0 => Scalar(random),
                _ => Words[random.Next(Words.Length)],
            });
        }

        return text.ToString();
    }

    private static string Scalar(Random random)
    {
        int value = random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0x10000), _ => random.Next(0x110000) };
        return Rune.IsValid(value) ? new Rune(value).ToString() : "x";
    }
}
