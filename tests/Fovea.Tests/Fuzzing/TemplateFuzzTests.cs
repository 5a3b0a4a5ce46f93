using System.Text;
using Fovea.Text;

namespace Fovea.Tests.Fuzzing;

[Trait("kind", "property")]
public sealed class TemplateFuzzTests
{
    private static readonly Dictionary<string, string> NoTokens = [];

    private static readonly ChatTemplateLimits Small = new() { Steps = 20_000, TextLength = 100_000, ListLength = 10_000 };

    [Fact]
    public void Parse_OfMutatedTemplates_ThrowsItsOwnExceptionOrWorks()
    {
        string[] parts = ["{%", "%}", "{{", "}}", "{#", "#}", "-", "for", "in", "if", "set", "endfor", "endif", "macro", "endmacro", "(", ")", "[", "]", "'", "\"", "|", "is", "not", "messages", "loop", ".", ":", "1", "**", "raw", "endraw", "\\x", "é", "😀", "\n", " "];
        string[] sources = [.. Directory.EnumerateFiles(Repository.Path("tests/golden/checkpoints"), "chat_template.json", SearchOption.AllDirectories).Select(File.ReadAllText)];
        var random = new Random(41);
        int rounds = Mutants.Count(3000);
        for (int round = 0; round < rounds; round++)
        {
            var text = new StringBuilder(sources[random.Next(sources.Length)]);
            for (int count = random.Next(1, 8); count > 0; count--)
            {
                int at = random.Next(text.Length);
                text.Remove(at, Math.Min(random.Next(4), text.Length - at)).Insert(at, parts[random.Next(parts.Length)]);
            }

            try
            {
                ChatTemplate.Parse(text.ToString(), NoTokens, Small).Render([ChatMessage.User("a", images: 1), ChatMessage.Assistant("b")], addGenerationPrompt: true);
            }
            catch (ChatTemplateException)
            {
                // The documented answer.
            }
        }
    }
}
