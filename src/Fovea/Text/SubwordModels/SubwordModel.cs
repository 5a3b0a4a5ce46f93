namespace Fovea.Text.SubwordModels;

/// <summary>Turns one word into token ids.</summary>
internal abstract class SubwordModel
{
    /// <summary>Appends the tokens of words [<paramref name="from"/>, <paramref name="to"/>) of <paramref name="text"/>.</summary>
    /// <param name="text">The pre-tokenized text.</param>
    /// <param name="from">First scalar of the word.</param>
    /// <param name="to">End of the word; greater than <paramref name="from"/>.</param>
    /// <param name="work">Memory of this call, reused from call to call.</param>
    /// <param name="tokens">Receives the tokens.</param>
    public abstract void Encode(ScalarBuffer text, int from, int to, SubwordWorkspace work, TokenList tokens);
}
