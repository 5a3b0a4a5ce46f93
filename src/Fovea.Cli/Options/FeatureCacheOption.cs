using System.CommandLine;
using System.Globalization;
using Fovea.Generation;

namespace Fovea.Cli.Options;

/// <summary><c>--feature-cache</c>: how much of what the vision encoder made of pictures is kept for further questions.</summary>
internal sealed class FeatureCacheOption
{
    private static readonly (string Suffix, long Bytes)[] Units = [("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("", 1)];

    private readonly Option<string> _size = new("--feature-cache")
    {
        Description = "most memory for what the vision encoder made of pictures, such as 512MB; 0 = encode every time",
        DefaultValueFactory = _ => $"{VisionFeatureCache.DefaultCapacity >> 20}MB",
        HelpName = "BYTES",
    };

    /// <summary>Adds the option.</summary>
    public void AddTo(Command command) => command.Add(_size);

    /// <summary>The bound in bytes; KB, MB and GB are powers of 1024.</summary>
    /// <exception cref="ArgumentException">No such number.</exception>
    public long Read(ParseResult parsed)
    {
        string text = parsed.GetValue(_size) ?? "";
        var (suffix, unit) = Array.Find(Units, unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase));
        return long.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue / unit
            ? number * unit
            : throw new ArgumentException($"--feature-cache is '{text}'; give a number of bytes such as 512MB, or 0.");
    }
}
