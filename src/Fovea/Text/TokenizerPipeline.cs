using Fovea.Text.Decoders;
using Fovea.Text.Normalizers;
using Fovea.Text.PreTokenizers;
using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>The stages between added tokens and ids.</summary>
internal sealed record TokenizerPipeline
{
    /// <summary>The tokens of the model.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The model.</summary>
    public required SubwordModel Model { get; init; }

    /// <summary>Rewriting, in order.</summary>
    public Normalizer[] Normalizers { get; init; } = [];

    /// <summary>Splitting, in order.</summary>
    public PreTokenizer[] PreTokenizers { get; init; } = [];

    /// <summary>Makes the steps from token texts to text for one run; the argument says whether they show text early.</summary>
    public required Func<bool, IReadOnlyList<DecoderStep>> Decoder { get; init; }

    /// <summary>Ids put before a text.</summary>
    public int[] Before { get; init; } = [];

    /// <summary>Ids put after a text.</summary>
    public int[] After { get; init; } = [];
}
