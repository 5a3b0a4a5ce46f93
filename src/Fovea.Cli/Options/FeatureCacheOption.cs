using System.CommandLine;
using Fovea.Generation;

namespace Fovea.Cli.Options;

/// <summary><c>--feature-cache</c>: how much of what the vision encoder made of pictures is kept for further questions.</summary>
internal sealed class FeatureCacheOption
{
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
    public long Read(ParseResult parsed) => ByteSize.Parse(parsed.GetValue(_size) ?? "", _size.Name);
}
