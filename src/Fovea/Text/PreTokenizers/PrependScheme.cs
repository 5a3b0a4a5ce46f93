namespace Fovea.Text.PreTokenizers;

/// <summary>Which pieces of a text get a visible blank in front.</summary>
internal enum PrependScheme
{
    /// <summary>None.</summary>
    Never,

    /// <summary>The one that begins at the start of the whole input.</summary>
    First,

    /// <summary>All.</summary>
    Always,
}
