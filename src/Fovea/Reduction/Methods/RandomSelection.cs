using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Reduction.Methods;

/// <summary>How <see cref="RandomSelection"/> draws T of N tokens from the numbers of its generator.</summary>
public enum RandomDraw
{
    /// <summary>The first T of a partial Fisher-Yates shuffle.</summary>
    Shuffle,

    /// <summary>The T tokens with the smallest of N numbers, one for each token in order; of equal numbers the lower index.</summary>
    Sort,
}

/// <summary>Options of <see cref="RandomSelection"/>.</summary>
public sealed record RandomOptions
{
    /// <summary>Seed of the draw.</summary>
    [Description("seed of the draw, 64 bits; not set = the run's seed")]
    public ulong? Seed { get; init; }

    /// <summary>How the tokens are drawn from the generator's numbers.</summary>
    [Description("shuffle: the first T of a partial Fisher-Yates shuffle; sort: the T smallest of N numbers, one for each token. Both draw every choice with the same chance")]
    public RandomDraw Draw { get; init; }
}

/// <summary>
/// A random choice, the baseline that every method must beat: T tokens by SplitMix64, in ascending order.
/// One draw over the tokens of all images. Source: ours by definition; <see cref="RandomDraw.Sort"/> is the draw of the results shipped with foveola.
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
        if (options.Draw == RandomDraw.Sort)
        {
            Sort(order, ref generator);
        }
        else
        {
            Shuffle(order, keep, ref generator);
        }

        var kept = order[..keep];
        Array.Sort(kept);
        return TokenMap.Keep(order.Length, kept);
    }

    private static void Shuffle(int[] order, int count, ref SplitMix64 generator)
    {
        for (int i = 0; i < count; i++)
        {
            int j = i + generator.NextBelow(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    private static void Sort(int[] order, ref SplitMix64 generator)
    {
        var keys = new (ulong Number, int Index)[order.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (generator.Next(), i);
        }

        Array.Sort(keys, order);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString, Converters = [typeof(SnakeCaseEnumConverter<RandomDraw>)])]
[JsonSerializable(typeof(RandomOptions))]
internal sealed partial class RandomJson : JsonSerializerContext;
