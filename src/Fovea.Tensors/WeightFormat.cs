using System.Globalization;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors;

/// <summary>How a packed weight matrix is kept: the kind of its numbers and, for integers, how many inputs share a scale.</summary>
/// <param name="Kind">The kind of numbers.</param>
/// <param name="Group">Inputs that share a scale, a multiple of 32; 0 where the kind has no scales.</param>
public sealed record WeightFormat(WeightKind Kind, int Group)
{
    /// <summary>The most inputs that share a scale: so many products of 8 bits add up exactly in 32.</summary>
    public const int MaxGroup = 1 << 16;

    /// <summary>32-bit floating point.</summary>
    public static readonly WeightFormat F32 = new(WeightKind.F32, 0);

    /// <summary>bfloat16, multiplied in f32.</summary>
    public static readonly WeightFormat BF16 = new(WeightKind.BF16, 0);

    /// <summary>binary16, multiplied in f32.</summary>
    public static readonly WeightFormat F16 = new(WeightKind.F16, 0);

    /// <summary>8-bit integers in groups of 64.</summary>
    public static readonly WeightFormat Int8 = new(WeightKind.Int8, 64);

    /// <summary>4-bit integers in groups of 32.</summary>
    public static readonly WeightFormat Int4 = new(WeightKind.Int4, 32);

    private static readonly WeightFormat[] Known = [F32, BF16, F16, Int8, Int4];

    /// <summary>Bits of one number, scales not counted.</summary>
    public int Bits => Kind switch { WeightKind.F32 => 32, WeightKind.BF16 or WeightKind.F16 => 16, WeightKind.Int8 => 8, _ => 4 };

    /// <summary>Whether numbers are integers with scales.</summary>
    public bool HasScales => Group > 0;

    /// <summary>The format that keeps stored numbers as they are: that of f16 and bf16, and f32 of everything else.</summary>
    public static WeightFormat Of(ElementType stored) => stored switch
    {
        ElementType.F16 => F16,
        ElementType.BF16 => BF16,
        _ => F32,
    };

    /// <summary>The format of a name (<c>f32</c>, <c>bf16</c>, <c>f16</c>, <c>int8</c>, <c>int4</c>), for integers with the group behind a colon if it is not the usual one: <c>int4:128</c>.</summary>
    /// <exception cref="ArgumentException">There is no such format; the message lists the names.</exception>
    public static WeightFormat Parse(string text)
    {
        string[] parts = text.Split(':');
        var format = Known.FirstOrDefault(format => format.Name == parts[0])
            ?? throw new ArgumentException($"There is no weight format '{text}'; there are {string.Join(", ", Known.Select(known => known.Name))}.", nameof(text));
        return parts.Length == 1 ? format : format.WithGroup(parts.Length == 2 ? parts[1] : "");
    }

    /// <summary>The name that <see cref="Parse"/> takes.</summary>
    public override string ToString() => HasScales ? $"{Name}:{Group}" : Name;

    private string Name => Kind.ToString().ToLowerInvariant();

    private WeightFormat WithGroup(string text)
    {
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int group) && group > 0 && group % 32 == 0 && group <= MaxGroup;
        return HasScales && valid ? this with { Group = group } : throw new ArgumentException(
            HasScales ? $"'{text}' is no group: a multiple of 32 is." : $"{Name} has no groups.", nameof(text));
    }
}
