using System.Text.Json;
using Fovea.Models.Quantization;

namespace Fovea.Cli.Output;

/// <summary>A converted checkpoint as JSON or text.</summary>
internal sealed record QuantizationOutput(string Folder, IReadOnlyDictionary<string, int> Modules, IReadOnlyList<string> Kept, long BytesBefore, long BytesAfter)
{
    /// <summary>From what was done.</summary>
    public static QuantizationOutput Of(string folder, QuantizationSummary summary) =>
        new(folder, summary.Modules.ToDictionary(format => $"{format.Key}", format => format.Value), summary.Kept, summary.BytesBefore, summary.BytesAfter);

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OutputJson.Plain.QuantizationOutput);

    /// <summary>One line for people.</summary>
    public string ToText()
    {
        string modules = string.Join(", ", Modules.Select(format => $"{format.Value} linear layers in {format.Key}"));
        string kept = Kept.Count == 0 ? "" : $", {Kept.Count} as they were";
        return $"{Folder}: {(modules.Length > 0 ? modules : "no linear layer converted")}{kept}; weights {ByteCount.Text(BytesBefore)} before, {ByteCount.Text(BytesAfter)} now";
    }
}
