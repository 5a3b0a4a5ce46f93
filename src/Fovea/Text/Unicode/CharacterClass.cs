namespace Fovea.Text.Unicode;

/// <summary>What the splitting expressions of the tokenizers tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Everything else: punctuation, symbols, marks, controls, unassigned.</summary>
    Other,

    /// <summary><c>\p{L}</c>.</summary>
    Letter,

    /// <summary><c>\p{N}</c>.</summary>
    Number,

    /// <summary><c>\s</c>.</summary>
    Space,
}
