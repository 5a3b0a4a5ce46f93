using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>One of the few names that a pickle may refer to. Nothing is ever looked up or called by name.</summary>
/// <param name="Name">Module and name.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="ElementType">The numbers of a storage.</param>
internal sealed record PickleGlobal(string Name, PickleGlobal.Meaning Kind, ElementType ElementType = default)
{
    /// <summary>What a name stands for.</summary>
    public enum Meaning
    {
        /// <summary>An empty dictionary is made.</summary>
        Dictionary,

        /// <summary>A tensor is made.</summary>
        Tensor,

        /// <summary>The type of a storage.</summary>
        Storage,
    }

    private static readonly Dictionary<string, PickleGlobal> Known = new PickleGlobal[]
    {
        new("collections OrderedDict", Meaning.Dictionary),
        new("torch._utils _rebuild_tensor_v2", Meaning.Tensor),
        new("torch FloatStorage", Meaning.Storage, ElementType.F32),
        new("torch HalfStorage", Meaning.Storage, ElementType.F16),
        new("torch BFloat16Storage", Meaning.Storage, ElementType.BF16),
        new("torch DoubleStorage", Meaning.Storage, ElementType.F64),
        new("torch LongStorage", Meaning.Storage, ElementType.I64),
        new("torch IntStorage", Meaning.Storage, ElementType.I32),
        new("torch ByteStorage", Meaning.Storage, ElementType.U8),
        new("torch BoolStorage", Meaning.Storage, ElementType.Bool),
    }.ToDictionary(global => global.Name, StringComparer.Ordinal);

    /// <summary>The name, or none if it is not allowed.</summary>
    public static PickleGlobal? Find(string module, string name) => Known.GetValueOrDefault($"{module} {name}");
}
