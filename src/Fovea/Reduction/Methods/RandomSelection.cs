using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="RandomSelection"/>.</summary>
public sealed record RandomOptions
{
    /// <summary>Seed of the draw.</summary>
    [Description("seed of the draw, 64 bits; not set = the run's seed")]
    public ulong? Seed { get; init; }
}

/// <summary>
/// A random choice, the baseline that every method must beat: SplitMix64 and a partial Fisher-Yates shuffle of the indices, the first T, ascending.
/// One draw over the tokens of all images. Source: ours by definition.
/// </summary>
public sealed class RandomSelection(RandomOptions options) : Reducer
{
    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "random", "keeps tokens drawn at random", "ours (baseline)", RandomJson.Default.RandomOptions, options => new RandomSelection(options));

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.BeforeProjector)];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        var generator = new SplitMix64(options.Seed ?? context.Seed);
        var order = new int[context.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        int keep = context.Budget.Of(order.Length);
        for (int i = 0; i < keep; i++)
        {
            int j = i + (int)(generator.Next() % (ulong)(order.Length - i));
            (order[i], order[j]) = (order[j], order[i]);
        }

        var kept = order[..keep];
        Array.Sort(kept);
        return TokenMap.Keep(order.Length, kept);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(RandomOptions))]
internal sealed partial class RandomJson : JsonSerializerContext;
