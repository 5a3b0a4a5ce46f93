using System.Text;
using Fovea.Text.Decoders;

namespace Fovea.Text;

/// <summary>
/// Text of a growing list of token ids: each id gives the text that is new. A character appears when its last byte has come, never half of it; all pieces
/// together are the decoded text of all ids, special tokens left out. Text that was shown is never taken back: where a later id changes it
/// (byte tokens that turn out to be no text, blanks before English punctuation), what follows is shown as it comes. Not safe for use by several threads.
/// </summary>
public sealed class TokenStream
{
    private readonly Detokenizer _run;

    internal TokenStream(Detokenizer run) => _run = run;

    /// <summary>Takes the next id and returns the text that it completes, often empty.</summary>
    public string Push(int id)
    {
        _run.Push(id);

        // U+FFFD at the end may be a character that is not complete yet.
        int end = _run.Output.Length;
        while (end > 0 && _run.Output[end - 1] == '\uFFFD')
        {
            end--;
        }

        return Take(_run.Output, end);
    }

    /// <summary>Ends the stream and returns what was held back.</summary>
    public string Finish()
    {
        _run.Finish();
        return Take(_run.Output, _run.Output.Length);
    }

    private static string Take(StringBuilder output, int length)
    {
        string text = output.ToString(0, length);
        output.Remove(0, length);
        return text;
    }
}
