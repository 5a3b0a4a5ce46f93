using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>Prompts of LLaVA's own layout, in which media are no tokens: the text is cut where they stand.</summary>
internal static class OriginalPrompt
{
    /// <summary>What stands for a picture.</summary>
    public const string Image = "<image>";

    private const string Video = "<video>";

    /// <summary>
    /// The ids of a prompt, −200 for each <c>&lt;image&gt;</c> and −201 for each <c>&lt;video&gt;</c>. Every text between them is tokenised on its own; the
    /// beginning-of-sequence token that this puts before each stays only before the first.
    /// </summary>
    public static int[] Encode(Tokenizer tokenizer, string prompt, bool withVideos = false)
    {
        var ids = new List<int>();
        int start = 0;
        bool first = true;
        while (true)
        {
            int image = prompt.IndexOf(Image, start, StringComparison.Ordinal);
            int video = withVideos ? prompt.IndexOf(Video, start, StringComparison.Ordinal) : -1;
            bool isVideo = video >= 0 && (image < 0 || video < image);
            int end = isVideo ? video : image;
            int[] piece = tokenizer.Encode(end < 0 ? prompt[start..] : prompt[start..end]);
            ids.AddRange(!first && piece is [var id, ..] && id == tokenizer.BosId ? piece[1..] : piece);
            if (end < 0)
            {
                return [.. ids];
            }

            ids.Add(isVideo ? OriginalConfig.VideoToken : OriginalConfig.ImageToken);
            start = end + Image.Length;
            first = false;
        }
    }
}
