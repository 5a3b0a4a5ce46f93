using System.Text.Json;
using Fovea.Reduction;

namespace Fovea.Cli.Output;

/// <summary>A method of the catalogue as JSON.</summary>
internal sealed record MethodOutput(string Name, string Summary, string Source, IReadOnlyList<OptionInfo> Options)
{
    /// <summary>A list of methods.</summary>
    public static string ToJson(IEnumerable<ReducerDescriptor> methods) =>
        JsonSerializer.Serialize([.. methods.Select(method => new MethodOutput(method.Name, method.Summary, method.Source, method.Options))], OutputJson.Plain.MethodOutputArray);
}
