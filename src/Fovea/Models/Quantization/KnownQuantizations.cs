namespace Fovea.Models.Quantization;

/// <summary>The catalogue of quantised checkpoints, by the <c>quant_method</c> of their <c>quantization_config</c>: one line each.</summary>
internal static class KnownQuantizations
{
    private const string Bitsandbytes = "bitsandbytes";

    private static readonly string[] Keys = ["quantization_config", "compression_config"];

    private static readonly Dictionary<string, Func<ConfigReader, QuantizationMethod>> ByMethod = new(StringComparer.Ordinal)
    {
        [CompressedTensors.Method] = config => new CompressedTensors(config),
    };

    /// <summary>Whether a checkpoint says that it is quantised.</summary>
    public static bool IsNamed(CheckpointFolder folder) => Config(folder) is not null;

    /// <summary>How the weights of a folder are quantised; none = they are not.</summary>
    /// <exception cref="InvalidDataException">The config is wrong; the message names file and key.</exception>
    /// <exception cref="NotSupportedException">The method is not known; the message names it and lists the known ones.</exception>
    public static QuantizationMethod? Find(CheckpointFolder folder)
    {
        if (Config(folder) is not { } config)
        {
            return null;
        }

        string method = config.Text("quant_method", config.Has("load_in_4bit") || config.Has("load_in_8bit") ? Bitsandbytes : CompressedTensors.Method);
        return ByMethod.TryGetValue(method, out var read) ? read(config) : throw new NotSupportedException(
            $"{folder.Path}: weights quantised with '{method}' are not read; known is {string.Join(", ", ByMethod.Keys)}.");
    }

    private static ConfigReader? Config(CheckpointFolder folder)
    {
        var keys = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        string? key = Array.Find(Keys, keys.Has);
        return key is null ? null : keys.Object(key);
    }
}
