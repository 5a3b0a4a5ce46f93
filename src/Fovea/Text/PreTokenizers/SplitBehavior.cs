namespace Fovea.Text.PreTokenizers;

/// <summary>What becomes of the matches of a splitting expression.</summary>
internal enum SplitBehavior
{
    /// <summary>They vanish.</summary>
    Removed,

    /// <summary>They are words.</summary>
    Isolated,

    /// <summary>They end the word before them.</summary>
    MergedWithPrevious,

    /// <summary>They begin the word after them.</summary>
    MergedWithNext,

    /// <summary>Neighbouring matches form one word.</summary>
    Contiguous,
}
