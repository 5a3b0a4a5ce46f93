namespace Fovea.Models.Quecc;

/// <summary>The sizes of a QueCC compressor.</summary>
/// <param name="Grid">Patches, cells and windows.</param>
/// <param name="Width">Width of the vision encoder, a multiple of <see cref="Heads"/>.</param>
/// <param name="TextWidth">Width of the text feature: the hidden size of the language model.</param>
public sealed record QueccConfig(QueccGrid Grid, int Width, int TextWidth)
{
    /// <summary>Heads of its attention, the same in every checkpoint.</summary>
    public const int Heads = 8;

    private const string Prefix = "mm_vision_";
    private const string Type = Prefix + "token_compression_type";
    private const string Patches = Prefix + "output_token_count";
    private const string Text = Prefix + "output_text_embedding_size";
    private const string Kernel = Prefix + "token_compression_kernel_size";
    private const string Stride = Prefix + "token_compression_stride";
    private const string LevelList = Prefix + "token_compression_levels";

    /// <summary>The hidden states of the published encoder, which has 24 blocks, that keys and values are made of.</summary>
    public static IReadOnlyList<int> PublishedLevels { get; } = [12, 16, 22, 23];

    /// <summary>The hidden states of the encoder that keys and values are made of, in this order.</summary>
    public IReadOnlyList<int> Levels { get; init; } = PublishedLevels;

    /// <summary>Whether <c>config.json</c> names a compressor; null and absence name none.</summary>
    /// <exception cref="InvalidDataException">It names an unknown one.</exception>
    public static bool IsNamed(ConfigReader config) =>
        config.Has(Type) && (config.Text(Type) == "quecc" ? true : throw config.Wrong(Type, "quecc or null, the compressions that are known"));

    /// <summary>
    /// Reads the six keys that LLaVA's fork has for it; <c>mm_vision_output_combined_token_count</c> is used by nobody. The hidden states, which the fork has
    /// as a constant, can be named by <c>mm_vision_token_compression_levels</c>, so that smaller encoders can be compressed too.
    /// </summary>
    /// <param name="config"><c>config.json</c> of the model.</param>
    /// <param name="vision">The vision encoder.</param>
    /// <param name="hiddenSize">Of the language model.</param>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    internal static QueccConfig Read(ConfigReader config, VisionConfig vision, int hiddenSize)
    {
        var levels = config.Has(LevelList) ? config.Wholes(LevelList) : PublishedLevels;
        if (levels.Count == 0 || levels.Any(level => level < 0 || level > vision.NumHiddenLayers) || !vision.HasClassToken || vision.HiddenSize % Heads != 0)
        {
            throw config.Wrong(Type, $"null where the vision tower is not a CLIP with the hidden states {string.Join(", ", levels)} ({LevelList}) and a width divisible by {Heads}");
        }

        int patches = vision.Side * vision.Side;
        if (config.Count(Patches, patches) != patches)
        {
            throw config.Wrong(Patches, $"{patches}, the patches of the vision tower");
        }

        if (Count(config, Text, 4096) != hiddenSize)
        {
            throw config.Wrong(Text, $"{hiddenSize}, the hidden size of the language model");
        }

        int kernel = Count(config, Kernel, 4), stride = Count(config, Stride, 4);
        try
        {
            return new QueccConfig(QueccGrid.Of(patches, kernel, stride), vision.HiddenSize, hiddenSize) { Levels = levels };
        }
        catch (ArgumentException wrong)
        {
            throw config.Wrong(Kernel, $"a kernel that fits: {wrong.Message.TrimEnd('.')}");
        }
    }

    /// <summary>The reference has a default for what is not there at all, and none for null.</summary>
    private static int Count(ConfigReader config, string key, int missing) => config.Count(key, config.Mentions(key) ? null : missing);
}
