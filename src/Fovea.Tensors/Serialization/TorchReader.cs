using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// The tensors of a PyTorch checkpoint (<c>pytorch_model.bin</c>): a zip archive with a pickle that describes tensors and the storages that they are windows on.
/// The pickle is read, never executed. A tensor that is not contiguous, or not aligned in the file, is copied.
/// </summary>
/// <remarks>Format: PyTorch 1.6 and later, <c>torch/serialization.py</c> and <c>caffe2/serialize/inline_container.h</c>.</remarks>
public sealed class TorchReader : CheckpointReader
{
    private const int MostPickleBytes = 1 << 24;
    private const string Pickle = "/data.pkl";

    private TorchReader(string path)
        : base(path)
    {
    }

    /// <summary>Opens <c>FILE.bin</c> or <c>FILE.bin.index.json</c>. Of an indexed checkpoint exactly the tensors that the index names are there.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is not well formed, its pickle holds anything but tensors and plain containers, or a shard or a tensor of the index is missing; the message
    /// names file, tensor and reason.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    public static TorchReader Open(string path) => Opened(new TorchReader(path));

    private protected override void AddFile(string file, HashSet<string>? wanted)
    {
        var memory = Map(file);
        if (!ZipDirectory.IsZip(memory))
        {
            throw new InvalidDataException(
                $"{file}: the file is no zip archive. Files as PyTorch wrote them before version 1.6 are not read; save the checkpoint anew, best as safetensors.");
        }

        var entries = ZipDirectory.Read(file, memory);
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - Pickle.Length)];
        if (pickles.Length != 1)
        {
            throw new InvalidDataException($"{file}: the archive has {pickles.Length} entries NAME{Pickle}; PyTorch writes one.");
        }

        string root = pickles[0][..^Pickle.Length];
        CheckByteOrder(file, memory, entries, root);
        var (start, length) = entries[pickles[0]];
        if (length > MostPickleBytes)
        {
            throw new InvalidDataException($"{file}: {pickles[0]} has {length} bytes; the limit is {MostPickleBytes}.");
        }

        // Behind the last entry stands the directory, which has a checksum of each.
        long directory = entries.Values.Max(entry => entry.Start + entry.Length);
        Note(file, memory, (start, length), (directory, memory.Length - directory));
        long copied = 0;
        foreach (var (name, tensor) in PickleReader.Read($"{file}: {pickles[0]}", memory.Span(start, (int)length)))
        {
            if (wanted is null || wanted.Remove(name))
            {
                string entry = $"{root}/data/{tensor.Storage.Key}";
                var storage = entries.TryGetValue(entry, out var range) ? range : throw new InvalidDataException($"{file}: the storage {entry} of {name} is missing.");
                Add(name, View(file, name, memory, storage, tensor, ref copied));
            }
        }
    }

    private static void CheckByteOrder(string file, MappedMemory memory, Dictionary<string, (long Start, long Length)> entries, string root)
    {
        if (entries.TryGetValue($"{root}/byteorder", out var order)
            && !memory.Span(order.Start, (int)Math.Min(order.Length, 16)).SequenceEqual("little"u8))
        {
            throw new InvalidDataException($"{file}: the numbers are not stored in little-endian order.");
        }
    }

    private Tensor View(string file, string name, MappedMemory memory, (long Start, long Length) entry, TorchTensor tensor, ref long copied)
    {
        var window = StorageWindow.Check(file, name, tensor);
        var type = tensor.Storage.ElementType;
        long bytes = type.Bytes();
        if (entry.Length / bytes != tensor.Storage.Count || entry.Length % bytes != 0)
        {
            throw new InvalidDataException(
                $"{file}: the storage {tensor.Storage.Key} of {name} has {entry.Length} bytes, but {tensor.Storage.Count} numbers of type {type} take {bytes} each.");
        }

        long start = entry.Start + (tensor.Offset * bytes);
        if (window.IsContiguous && start % bytes == 0)
        {
            return Tensor.View(memory, start, type, window.Shape);
        }

        // Copies of checkpoints that somebody meant to load are never larger than the file; a few bytes of pickle could ask for any number of them.
        copied += window.Shape.Count * bytes;
        if (copied > memory.Length)
        {
            throw new InvalidDataException($"{file}: {name} is not contiguous, and the copies of all such tensors would be larger than the file.");
        }

        var copy = Allocate(window.Shape.Count * bytes);
        window.Gather(memory, start, (int)bytes, copy);
        return Tensor.View(copy, 0, type, window.Shape);
    }
}
