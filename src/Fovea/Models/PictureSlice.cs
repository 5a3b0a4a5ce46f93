namespace Fovea.Models;

/// <summary>Where one picture or video of a prompt lies in what the encoder reads and in what it makes.</summary>
/// <param name="FirstRow">Its first row of pixels; in families that encode videos by themselves theirs are counted behind those of all pictures.</param>
/// <param name="Rows">Its rows of pixels: tiles, frames or patches.</param>
/// <param name="FirstFeature">Its first feature row.</param>
/// <param name="Features">Its feature rows.</param>
public readonly record struct PictureSlice(int FirstRow, int Rows, int FirstFeature, int Features);
