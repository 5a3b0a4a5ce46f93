namespace Fovea.Models.Quantization;

/// <summary>A way in which published checkpoints store matrices of few bits: what its <c>quantization_config</c> says.</summary>
internal abstract class QuantizationMethod
{
    /// <summary>Finds the quantised matrices among stored tensors. Only shapes and types are looked at; numbers are read when a layer asks for them.</summary>
    /// <exception cref="InvalidDataException">Config and tensors contradict each other; the message names file, tensor and reason.</exception>
    /// <exception cref="NotSupportedException">A matrix is stored in a variant that is not read.</exception>
    public abstract QuantizedModules Modules(StoredFiles files);
}
