namespace Fovea.Models.Llava;

/// <summary>How the tiles of one picture become one row of visual tokens.</summary>
public enum TileMerge
{
    /// <summary>Joined to one canvas, its padding cut off, every row ended by the learned newline.</summary>
    SpatialUnpad,

    /// <summary>Joined to one canvas, padding and all, without newlines.</summary>
    Spatial,

    /// <summary>One tile after the other.</summary>
    Flat,
}
