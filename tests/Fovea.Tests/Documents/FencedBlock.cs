namespace Fovea.Tests.Documents;

/// <summary>A fenced block of a Markdown document.</summary>
internal sealed record FencedBlock(string Language, string Text)
{
    /// <summary>The blocks of a document, in order.</summary>
    public static List<FencedBlock> Of(string path)
    {
        var blocks = new List<FencedBlock>();
        string? language = null;
        var lines = new List<string>();
        foreach (string line in File.ReadLines(Repository.Path(path)))
        {
            if (!line.StartsWith("```", StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }

            if (language is not null)
            {
                blocks.Add(new FencedBlock(language, string.Join('\n', lines) + "\n"));
            }

            language = language is null ? line[3..].Trim() : null;
            lines.Clear();
        }

        return blocks;
    }
}
