namespace Fovea.Models.Qwen;

/// <summary>The generations of Qwen's vision-language models, which differ in encoder, decoder and positions.</summary>
internal enum QwenVersion
{
    /// <summary>Qwen2-VL (arXiv 2409.12191).</summary>
    Qwen2,

    /// <summary>Qwen2.5-VL (arXiv 2502.13923).</summary>
    Qwen25,

    /// <summary>Qwen3-VL (arXiv 2511.21631), dense and with experts.</summary>
    Qwen3,
}
