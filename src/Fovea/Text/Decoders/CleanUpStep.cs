namespace Fovea.Text.Decoders;

/// <summary>Removes the blanks before English punctuation and contractions.</summary>
/// <param name="eager">Pass text on as it comes. If a later text turns out to remove a blank that was shown, the blank stays.</param>
internal sealed class CleanUpStep(bool eager) : DecoderStep
{
    // Longest pattern, and how many blanks in a row no pattern can bridge.
    private const int Reach = 4;

    private static readonly (string From, string To)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    private readonly System.Text.StringBuilder _open = new();
    private string _shown = "";

    /// <summary>The text without those blanks; each rule is applied to the whole text, one after the other.</summary>
    public static string Clean(string text)
    {
        foreach (var (from, to) in Rules)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    /// <inheritdoc/>
    public override void Push(string text, bool begins)
    {
        _open.Append(text);
        if (eager)
        {
            Show(text);
            ForgetSettled();
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (!eager)
        {
            Show("");
        }

        Next.Finish();
    }

    private void Show(string added)
    {
        string clean = Clean(_open.ToString());
        Next.Push(clean.StartsWith(_shown, StringComparison.Ordinal) ? clean[_shown.Length..] : added, begins: true);
        _shown = clean;
    }

    /// <summary>Drops the start of the open text that nothing later can change.</summary>
    private void ForgetSettled()
    {
        for (int end = _open.Length; end >= Reach; end--)
        {
            int blanks = 0;
            for (int i = end - Reach; i < end; i++)
            {
                blanks += _open[i] == ' ' ? 1 : 0;
            }

            // After four characters without a blank no pattern can be open; in a longer run of blanks only the last two matter.
            int cut = blanks == 0 ? end : blanks == Reach && end == _open.Length ? end - 2 : 0;
            if (cut > 0)
            {
                string settled = Clean(_open.ToString(0, cut));
                _open.Remove(0, cut);
                _shown = _shown[settled.Length..];
                return;
            }
        }
    }
}
