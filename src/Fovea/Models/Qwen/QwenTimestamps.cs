using Fovea.Imaging;
using Fovea.Text;

namespace Fovea.Models.Qwen;

/// <summary>
/// Qwen3-VL's videos in a prompt: every temporal patch has its time as text and its own start and end. The time is part of the text before it, so that text is tokenised again.
/// </summary>
internal sealed class QwenTimestamps(QwenConfig config, QwenLayout layout, Tokenizer tokenizer)
{
    /// <summary>The ids of a prompt with every placeholder expanded.</summary>
    /// <param name="ids">The tokenised prompt.</param>
    /// <param name="items">Its pictures and videos.</param>
    /// <param name="tokens">Visual tokens of each.</param>
    public int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens)
    {
        var expanded = new List<int>(ids.Length);
        int item = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] == config.ImageTokenId)
            {
                expanded.AddRange(Enumerable.Repeat(ids[i], tokens[item++]));
            }
            else if (ids[i] == config.VideoTokenId)
            {
                bool enclosed = expanded.Count > 0 && expanded[^1] == config.VisionStartTokenId && i + 1 < ids.Length && ids[i + 1] == config.VisionEndTokenId;
                if (enclosed)
                {
                    expanded.RemoveAt(expanded.Count - 1);
                    i++;
                }

                AddVideo(expanded, items[item], tokens[item]);
                item++;
            }
            else
            {
                expanded.Add(ids[i]);
            }
        }

        return [.. expanded];
    }

    private void AddVideo(List<int> expanded, VisualItem video, int tokens)
    {
        double[] seconds = layout.Seconds(video);
        foreach (double time in seconds)
        {
            AddText(expanded, FrameTimestamps.Text(time));
            expanded.Add(config.VisionStartTokenId);
            expanded.AddRange(Enumerable.Repeat(config.VideoTokenId, tokens / seconds.Length));
            expanded.Add(config.VisionEndTokenId);
        }
    }

    /// <summary>Appends text as if it had been there when the text before it was tokenised. Text between special tokens is tokenised by itself, and back and forth it stays the same.</summary>
    private void AddText(List<int> expanded, string text)
    {
        int start = expanded.Count;
        while (start > 0 && !tokenizer.IsSpecial(expanded[start - 1]) && !IsVision(expanded[start - 1]))
        {
            start--;
        }

        string before = tokenizer.Decode(expanded[start..].ToArray(), skipSpecialTokens: false);
        expanded.RemoveRange(start, expanded.Count - start);
        expanded.AddRange(tokenizer.Encode(before + text, addSpecialTokens: false));
    }

    private bool IsVision(int id) => id == config.ImageTokenId || id == config.VideoTokenId || id == config.VisionStartTokenId || id == config.VisionEndTokenId;
}
