using Fovea.Tensors;

namespace Fovea.Models.Quantization;

/// <summary>How a group of modules is quantised: symmetric integers with one scale for each group of inputs.</summary>
/// <param name="Bits">Bits of a number.</param>
/// <param name="IsPacked">Whether the numbers lie packed in words, and not one in a byte.</param>
/// <param name="Strategy"><c>tensor</c>, <c>channel</c> or <c>group</c>: what shares a scale.</param>
/// <param name="Group">Inputs that share a scale where the strategy is <c>group</c>; else 0.</param>
internal sealed record CompressedTensorsScheme(int Bits, bool IsPacked, string Strategy, int Group)
{
    /// <summary>By groups of inputs.</summary>
    public const string OfGroups = "group";

    /// <summary>By output.</summary>
    public const string OfChannels = "channel";

    /// <summary>The whole matrix.</summary>
    public const string OfTensors = "tensor";

    /// <summary>Numbers in words.</summary>
    public const string Packed = "pack-quantized";

    private const int MostBits = 8;
    private const int Granule = 32;
    private const int RowGroup = 128;

    private static readonly string[] Bytewise = ["int-quantized", "naive-quantized"];

    /// <summary>The schemes that config groups call by name.</summary>
    private static readonly Dictionary<string, (int Bits, int Group)> Presets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["W8A16"] = (8, 0),
        ["W4A16"] = (4, 128),
        ["W8A8"] = (8, 0),
        ["INT8"] = (8, 0),
        ["W4A8"] = (4, 128),
    };

    /// <summary>The scheme of a name.</summary>
    /// <exception cref="NotSupportedException">It is not known.</exception>
    public static CompressedTensorsScheme OfPreset(string name, string format) => Presets.TryGetValue(name, out var preset)
        ? new CompressedTensorsScheme(preset.Bits, IsPackedFormat(format, preset.Bits), preset.Group > 0 ? OfGroups : OfChannels, preset.Group)
        : throw new NotSupportedException($"The quantisation scheme '{name}' of compressed-tensors is not read; read are {string.Join(", ", Presets.Keys)} and symmetric integers in channels or groups.");

    /// <summary>Reads <c>weights</c> of a config group. What concerns activations and calibration does not matter here.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong.</exception>
    /// <exception cref="NotSupportedException">A variant that is not read; the message names it.</exception>
    public static CompressedTensorsScheme Read(ConfigReader weights, string format)
    {
        int bits = weights.Count("num_bits", MostBits), group = weights.Whole("group_size", 0);
        if (bits > MostBits)
        {
            throw weights.Wrong("num_bits", $"1 to {MostBits}");
        }

        bool packed = IsPackedFormat(format, bits);
        Expect(weights.Text("type", "int") == "int", "floating-point numbers of few bits");
        Expect(weights.Flag("symmetric", true), "zero points (symmetric false)");
        Expect(!weights.Has("actorder") || weights.Text("actorder") is "weight" or "static", "columns in another order (actorder)");
        string strategy = weights.Text("strategy", group > 0 ? OfGroups : group < 0 ? OfChannels : OfTensors);
        Expect(strategy is OfTensors or OfChannels or OfGroups, $"scales by {strategy}");
        if (strategy != OfGroups)
        {
            return new CompressedTensorsScheme(bits, packed, strategy, 0);
        }

        if (group <= 0)
        {
            throw weights.Wrong("group_size", "a positive whole number where the strategy is group");
        }

        Expect(group % Granule == 0 && group <= WeightFormat.MaxGroup, $"groups of {group} inputs, no multiple of {Granule} up to {WeightFormat.MaxGroup}");
        return new CompressedTensorsScheme(bits, packed, strategy, group);
    }

    /// <summary>
    /// How a matrix of this scheme is kept. Where a scale is for a whole row it is repeated, as inputs are rounded in the groups of the weights. Bytes are not known to
    /// have the range of four bits.
    /// </summary>
    public WeightFormat Format => new(IsPacked && Bits == 4 ? WeightKind.Int4 : WeightKind.Int8, Group > 0 ? Group : RowGroup);

    private static bool IsPackedFormat(string format, int bits)
    {
        bool packed = format == Packed;
        Expect(packed || Bytewise.Contains(format), $"the format {format}");
        Expect(!packed || bits is 4 or 8, $"packed numbers of {bits} bits");
        return packed;
    }

    private static void Expect(bool supported, string what)
    {
        if (!supported)
        {
            throw new NotSupportedException($"compressed-tensors with {what} is not read; read are symmetric integers, {Packed} with 4 or 8 bits or {string.Join(" or ", Bytewise)}, with scales by tensor, channel or group.");
        }
    }
}
