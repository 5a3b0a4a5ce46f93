namespace Fovea.Parquet;

/// <summary>What a field stands for, as far as it changes how the field is read; everything else is <see cref="None"/>.</summary>
internal enum Annotation
{
    /// <summary>The values are taken as they are stored.</summary>
    None,

    /// <summary>Bytes that are UTF-8: STRING, ENUM and JSON.</summary>
    String,

    /// <summary>A group that is a list.</summary>
    List,

    /// <summary>A group that is a list of keys with values.</summary>
    Map,
}
