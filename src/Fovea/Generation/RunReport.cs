using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Generation;

/// <summary>What one request cost. Times of work that was shared in a batch are the batch's.</summary>
public sealed class RunReport
{
    /// <summary>Reading and decoding picture files; zero if the caller handed in pictures.</summary>
    public TimeSpan PictureDecoding { get; set; }

    /// <summary>Resizing and normalising pictures.</summary>
    public TimeSpan Preprocessing { get; set; }

    /// <summary>The vision encoder.</summary>
    public TimeSpan Encoding { get; set; }

    /// <summary>The projector.</summary>
    public TimeSpan Projection { get; set; }

    /// <summary>Every reduction, in order.</summary>
    public IReadOnlyList<StageReport> Stages { get; set; } = [];

    /// <summary>Forward passes that a method asked for beside the request's own; not part of <see cref="Prefill"/>.</summary>
    public TimeSpan SeparateForward { get; set; }

    /// <summary>Floating-point operations of those, which <see cref="PrefillFlops"/> includes.</summary>
    public long SeparateForwardFlops { get; set; }

    /// <summary>The prompt through the language model, up to the first token's logits.</summary>
    public TimeSpan Prefill { get; set; }

    /// <summary>All steps after the first token.</summary>
    public TimeSpan Decode { get; set; }

    /// <summary>Steps after the first token.</summary>
    public int DecodeSteps { get; set; }

    /// <summary>Prompt tokens without reduction, visual tokens included.</summary>
    public int PromptTokens { get; set; }

    /// <summary>Prompt tokens that were found in the cache of the conversation.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Pictures and videos that were encoded.</summary>
    public int PicturesEncoded { get; set; }

    /// <summary>Pictures and videos that were not, because what the encoder makes of them was found in the vision-feature cache.</summary>
    public int PicturesFromCache { get; set; }

    /// <summary>Bytes that the vision-feature cache held after the pictures; 0 without pictures or cache.</summary>
    public long FeatureCacheBytes { get; set; }

    /// <summary>Visual tokens without reduction.</summary>
    public int VisualTokens { get; set; }

    /// <summary>Visual tokens that each decoder layer saw.</summary>
    public int[] VisualTokensPerLayer { get; set; } = [];

    /// <summary>Bytes of keys and values in each layer at the end.</summary>
    public long[] CacheBytesPerLayer { get; set; } = [];

    /// <summary>Floating-point operations of encoder and projector.</summary>
    public long EncoderFlops { get; set; }

    /// <summary>Floating-point operations of the prompt in the language model.</summary>
    public long PrefillFlops { get; set; }

    /// <summary>Floating-point operations of all further steps.</summary>
    public long DecodeFlops { get; set; }

    /// <summary>Where every visual token was before reduction.</summary>
    public Geometry Geometry { get; set; } = Geometry.Empty;

    /// <summary>From the unreduced visual tokens to those of the last decoder layer.</summary>
    public TokenMap Map { get; set; } = TokenMap.Identity(0);

    /// <summary>From the first picture to the first token.</summary>
    public TimeSpan TimeToFirstToken => PictureDecoding + Preprocessing + Encoding + Projection + SeparateForward + Prefill + Selection;

    /// <summary>All decisions before the language model. Those inside it are part of <see cref="Prefill"/>.</summary>
    public TimeSpan Selection => Sum(stage => stage.Kind < StageKind.Decoder);

    /// <summary>All decisions.</summary>
    public TimeSpan AllSelection => Sum(_ => true);

    private TimeSpan Sum(Func<Stage, bool> which) => Stages.Where(stage => which(stage.Stage)).Aggregate(TimeSpan.Zero, (sum, stage) => sum + stage.Time);
}
