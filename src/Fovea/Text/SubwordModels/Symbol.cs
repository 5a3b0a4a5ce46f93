namespace Fovea.Text.SubwordModels;

/// <summary>A token under construction, in a doubly linked list.</summary>
internal struct Symbol
{
    /// <summary>The token id; −1 once the symbol was merged into its left neighbour.</summary>
    public int Id;

    /// <summary>First scalar of the text that it stands for.</summary>
    public int From;

    /// <summary>End of the scalars that it stands for.</summary>
    public int To;

    /// <summary>Index of the living symbol before; −1 at the start.</summary>
    public int Previous;

    /// <summary>Index of the living symbol after; the count at the end.</summary>
    public int Next;
}
