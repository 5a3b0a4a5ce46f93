using Fovea.Tensors;

namespace Fovea.Models.Quantization;

/// <summary>What a checkpoint became.</summary>
/// <param name="Modules">Linear layers that were converted, by format.</param>
/// <param name="Kept">Linear layers that stayed as they were, by their stored names.</param>
/// <param name="BytesBefore">Bytes of all weights before.</param>
/// <param name="BytesAfter">Bytes of all weights afterwards, scales counted.</param>
public sealed record QuantizationSummary(IReadOnlyDictionary<WeightFormat, int> Modules, IReadOnlyList<string> Kept, long BytesBefore, long BytesAfter);
