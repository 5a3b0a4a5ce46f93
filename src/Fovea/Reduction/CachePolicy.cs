namespace Fovea.Reduction;

/// <summary>What the layers in front of a reduction inside the decoder do with the entries of dropped tokens.</summary>
public enum CachePolicy
{
    /// <summary>They keep them: each layer holds what it has seen.</summary>
    Keep,

    /// <summary>
    /// They drop them, so that all layers hold the same tokens. An output token has its representative's entry; one that shares its representative with
    /// the token in front of it never had an entry there and gets one of zeros.
    /// </summary>
    Trim,
}
