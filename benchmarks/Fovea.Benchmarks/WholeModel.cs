namespace Fovea.Benchmarks;

/// <summary>An encoder or a language model that is timed as a whole.</summary>
/// <param name="Name">What tables and commands call it.</param>
/// <param name="Encoder">The encoder, or a tiny one.</param>
/// <param name="Decoder">The language model, or a tiny one.</param>
internal sealed record WholeModel(string Name, EncoderShape Encoder, DecoderShape Decoder)
{
    private const int Vocabulary = 4096;

    private static readonly EncoderShape TinyEncoder = new(1024, 64, 1, 28, 14);
    private static readonly DecoderShape TinyDecoder = new(64, 64, 1, 1, 1, 64, Vocabulary) { Bias = true };

    /// <summary>The shapes that the peers are timed on too; the vocabulary is small, as theirs is.</summary>
    public static IReadOnlyList<WholeModel> All { get; } =
    [
        new("clip-l336", new EncoderShape(1024, 4096, 24, 336, 14), TinyDecoder),
        new("siglip-so400m", new EncoderShape(1152, 4304, 27, 384, 14), TinyDecoder),
        new("qwen2-0.5b", TinyEncoder, new DecoderShape(896, 4864, 24, 14, 2, 64, Vocabulary) { Bias = true }),
        new("qwen2-1.5b", TinyEncoder, new DecoderShape(1536, 8960, 28, 12, 2, 128, Vocabulary) { Bias = true }),
    ];

    /// <summary>Whether the encoder is what is timed.</summary>
    public bool IsEncoder => Decoder == TinyDecoder;

    /// <summary>The model of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static WholeModel Find(string name) => All.FirstOrDefault(shape => shape.Name == name)
        ?? throw new ArgumentException($"There is no model {name}; there are {string.Join(", ", All.Select(shape => shape.Name))}.");

    /// <summary>The checkpoint, written at the first use.</summary>
    public string Folder() => SyntheticModel.Create(Path.Combine("models", "foveola", "model"), Name, Encoder, Decoder, featureLayer: -1);
}
