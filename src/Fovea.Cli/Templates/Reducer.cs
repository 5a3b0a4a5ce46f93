using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Reduction;

namespace $type$Plugin;

/// <summary>Options of <see cref="$type$"/>; each is a JSON key, an argument of --set and a property here.</summary>
public sealed record $type$Options : AttentionScoringOptions;

/// <summary>Keeps the visual tokens that score best between two decoder layers. Replace <see cref="Score"/> by your own.</summary>
public sealed class $type$($type$Options options) : AttentionScoringReducer(options)
{
    /// <summary>How the method is found and made.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "$name$", "keeps what the prompt attends to", "not published", $type$Json.Default.$type$Options, options => new $type$(options));

    /// <summary>Higher is kept. Budget, ties and order are done for you.</summary>
    public override void Score(ReductionContext context, Span<float> scores) => TaskAttention(context, scores);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<QueryAggregation>), typeof(SnakeCaseEnumConverter<HeadAggregation>)])]
[JsonSerializable(typeof($type$Options))]
internal sealed partial class $type$Json : JsonSerializerContext;
