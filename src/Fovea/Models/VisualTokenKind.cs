namespace Fovea.Models;

/// <summary>What a visual token stands for.</summary>
public enum VisualTokenKind
{
    /// <summary>A place of the picture.</summary>
    Patch,

    /// <summary>The class token of an encoder that passes it on.</summary>
    ClassToken,

    /// <summary>A learned row end.</summary>
    Newline,
}
