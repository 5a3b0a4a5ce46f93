using Fovea.Reduction.Methods;

namespace Fovea.Cli.Options;

/// <summary>
/// Where the settings of the method <c>pact</c> come from: a file or a preset, over it environment variables of exactly a key's name, over them <c>--set</c>.
/// </summary>
internal static class PactSettings
{
    /// <summary>Of a configuration file.</summary>
    public static Dictionary<string, string> OfFile(string file, IReadOnlyDictionary<string, string> settings) => PactConfiguration.Load(file, settings).ToSettings();

    /// <summary>Of a preset.</summary>
    public static Dictionary<string, string> OfPreset(string preset, IReadOnlyDictionary<string, string> settings) => PactConfiguration.OverEnvironment(
        settings.ContainsKey("preset") ? throw new ArgumentException("--preset and --set preset both name a preset: give one.") : new Dictionary<string, string>(settings) { ["preset"] = preset });

    /// <summary>Of the method named alone: of the file that <c>pact_config_path</c> names, unless a preset is given; without any settings, the published ones.</summary>
    public static Dictionary<string, string> OfMethod(Dictionary<string, string> settings) => PactConfiguration.NamedFile is { } file && !settings.ContainsKey("preset")
        ? OfFile(file, settings)
        : PactConfiguration.OverEnvironment(settings.Count > 0 ? settings : new Dictionary<string, string> { ["preset"] = "pact" });
}
