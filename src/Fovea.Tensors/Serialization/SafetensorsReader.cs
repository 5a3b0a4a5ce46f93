using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// The tensors of a safetensors checkpoint. A tensor that does not lie on a multiple of its element size is copied.
/// </summary>
/// <remarks>Format: github.com/huggingface/safetensors, README "Format". As there, the tensors must cover the data without gap or overlap.</remarks>
public sealed class SafetensorsReader : CheckpointReader
{
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsReader(string path)
        : base(path)
    {
    }

    /// <summary>The strings under <c>__metadata__</c>; of shards that disagree, the one whose file name comes first.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>
    /// Opens <c>FILE.safetensors</c> or <c>FILE.safetensors.index.json</c>. Of an indexed checkpoint exactly the tensors that the index names are there.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// The file is not well formed, or a shard or a tensor of the index is missing; the message names file, tensor and reason.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static SafetensorsReader Open(string path) => Opened(new SafetensorsReader(path));

    private protected override void AddFile(string file, HashSet<string>? wanted)
    {
        var memory = Map(file);
        var header = SafetensorsHeader.Read(file, memory);
        Note(file, memory, (0, header.DataStart));
        foreach (var (key, value) in header.Metadata)
        {
            _metadata.TryAdd(key, value);
        }

        foreach (var entry in header.Entries)
        {
            if (wanted is null || wanted.Remove(entry.Name))
            {
                Add(entry.Name, View(memory, header.DataStart + entry.Start, entry));
            }
        }
    }

    private Tensor View(MappedMemory memory, long start, SafetensorsEntry entry)
    {
        if (start % entry.ElementType.Bytes() == 0)
        {
            return Tensor.View(memory, start, entry.ElementType, entry.Shape);
        }

        var copy = Allocate(entry.End - entry.Start);
        memory.CopyTo(start, copy);
        return Tensor.View(copy, 0, entry.ElementType, entry.Shape);
    }
}
