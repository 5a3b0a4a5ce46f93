namespace Fovea.Models.Llava;

/// <summary>How a member of the LLaVA line turns pictures and videos into tiles, and tiles into visual tokens.</summary>
internal interface IVisualLayout
{
    /// <summary>Lays out the pictures and videos of one prompt, in order.</summary>
    VisualInput Prepare(IReadOnlyList<VisualItem> items);
}
