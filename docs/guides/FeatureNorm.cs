using System.ComponentModel;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="FeatureNorm"/>.</summary>
public sealed record FeatureNormOptions
{
    /// <summary>Which end is kept.</summary>
    [Description("keep the shortest feature vectors instead of the longest")]
    public bool Shortest { get; init; }
}

/// <summary>Keeps the visual tokens with the longest feature vectors. Source: ours, the example of the guide.</summary>
public sealed class FeatureNorm(FeatureNormOptions options) : ScoringReducer
{
    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "feature_norm", "keeps the longest feature vectors", "ours (example)", FeatureNormJson.Default.FeatureNormOptions, options => new FeatureNorm(options));

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.BeforeProjector, Signal.Features)];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        var features = context[Signal.Features];
        for (int i = 0; i < scores.Length; i++)
        {
            float norm = TensorPrimitives.Norm<float>(features.Row<float>(i));
            scores[i] = options.Shortest ? -norm : norm;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FeatureNormOptions))]
internal sealed partial class FeatureNormJson : JsonSerializerContext;
