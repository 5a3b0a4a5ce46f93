using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors.Kernels;

namespace Fovea.Models;

/// <summary>How a checkpoint is loaded.</summary>
public sealed record LoadOptions
{
    /// <summary>As the checkpoint says.</summary>
    public static readonly LoadOptions Default = new();

    /// <summary>How the matrices of linear layers are kept; default: as they are stored.</summary>
    public WeightPolicy Weights { get; init; } = WeightPolicy.AsStored;

    /// <summary>How the entries of the cache are kept; none = in 32 bits where the language model is stored and kept so, else as bf16.</summary>
    public KvCacheType? Cache { get; init; }

    /// <summary>The kernels that compute; none = <see cref="KernelSet.Default"/>. All give the same bits on one processor.</summary>
    public KernelSet? Kernels { get; init; }

    /// <summary>Threads that compute, the caller's included; none = one for each processor. The results do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// A folder that keeps packed weights on disk, so that a second start packs nothing; none = no files. It is made if it is not there. Results do not depend on it,
    /// and a folder that cannot be used is no error: <see cref="MultimodalModel.PackedCache"/> says what became of it.
    /// </summary>
    public string? PackedCache { get; init; }

    /// <summary>Most bytes of the files in <see cref="PackedCache"/>; those that were not used for longest make room.</summary>
    public long PackedCacheSize { get; init; } = Tensors.Serialization.PackedCache.DefaultLimit;

    /// <summary>Keys that replace those of <c>config.json</c>; objects under keys that end in <c>_config</c> are merged key by key.</summary>
    public JsonObject? Overrides { get; init; }

    /// <summary>How pictures are resized: as slow (Pillow) or fast (torchvision) processors do; none = as the reference would choose for this checkpoint.</summary>
    public ProcessorVariant? Processing { get; init; }
}
