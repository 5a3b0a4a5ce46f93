using Fovea.Tensors;

namespace Fovea.Nn;

/// <summary>
/// How the matrices of linear layers are kept. Everything else (embeddings, norms, biases, convolutions, routers of mixtures, token compressors) stays as it is stored.
/// </summary>
/// <remarks>
/// 4-bit integers are for the layers of the language model, whose time is that of reading their weights. The vision encoder, the projector and the head get 8 bits then:
/// the first two are bound by arithmetic, where fewer bits gain nothing, and the head decides between close logits.
/// </remarks>
public sealed record WeightPolicy
{
    /// <summary>Everything as it is stored.</summary>
    public static readonly WeightPolicy AsStored = new();

    private const int Granule = 32;
    private const string DecoderLayers = "lm.layers.";
    private const string Compressor = "quecc.";
    private const string Router = ".mlp.gate";

    /// <summary>The format, or none = as stored. Matrices that are stored quantised are never quantised again: only a format of floating-point numbers changes them.</summary>
    public WeightFormat? Format { get; init; }

    /// <summary>Names of modules, as the checkpoint spells them, that stay as they are stored; patterns of <see cref="NamePattern"/>.</summary>
    public IReadOnlyList<string> KeepFloat { get; init; } = [];

    /// <summary>Whether a module stays as it is stored, whatever the format.</summary>
    /// <param name="canonical">Its canonical name.</param>
    /// <param name="module">Its name in the checkpoint.</param>
    public bool Keeps(string canonical, string module) =>
        canonical.StartsWith(Compressor, StringComparison.Ordinal)
        || canonical.EndsWith(Router, StringComparison.Ordinal)
        || KeepFloat.Any(pattern => NamePattern.Matches(pattern, module));

    /// <summary>The format of a matrix, or none = as stored.</summary>
    /// <param name="canonical">The module's canonical name.</param>
    /// <param name="module">Its name in the checkpoint.</param>
    /// <param name="inputs">Length of an input row.</param>
    public WeightFormat? For(string canonical, string module, int inputs)
    {
        if (Format is null || Keeps(canonical, module))
        {
            return null;
        }

        var format = Format.Kind == WeightKind.Int4 && !canonical.StartsWith(DecoderLayers, StringComparison.Ordinal) ? WeightFormat.Int8 : Format;
        return format.HasScales && Divisor(inputs, format.Group) is > 0 and var group ? format with { Group = group } : format;
    }

    /// <summary>The format and the patterns behind it, separated by commas; empty = as stored.</summary>
    public override string ToString() => Format is null ? "" : string.Join(',', KeepFloat.Prepend($"{Format}"));

    /// <summary>The largest group of whole granules, not above a limit, that divides a row; 0 = there is none.</summary>
    public static int Divisor(int inputs, int limit)
    {
        int group = limit / Granule * Granule;
        while (group > 0 && inputs % group != 0)
        {
            group -= Granule;
        }

        return group;
    }
}
