using System.Text;

namespace Fovea.Text.Decoders;

/// <summary>One decoding run: takes ids one by one and writes the text that is certain.</summary>
internal abstract class Detokenizer
{
    /// <summary>The text so far; whoever reads it may take it away.</summary>
    public StringBuilder Output { get; } = new();

    /// <summary>Takes the next id; an id without a token is skipped.</summary>
    public abstract void Push(int id);

    /// <summary>Writes what was held back.</summary>
    public abstract void Finish();
}
