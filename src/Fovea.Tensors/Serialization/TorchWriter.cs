using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// Writes tensors as PyTorch's <c>torch.save</c> writes a dictionary of them: a zip archive, nothing compressed, with a pickle that describes the tensors
/// and a storage for each. The same tensors give the same bytes.
/// </summary>
/// <remarks>Format: PyTorch 1.6 and later, <c>torch/serialization.py</c>; CPython, <c>Lib/pickletools.py</c>.</remarks>
public static class TorchWriter
{
    private const string Root = "archive";
    private const byte PickleProtocol = 2;

    // The earliest time that a zip archive can hold.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes tensors to one file, under another name first, so that a file of this name is always whole.</summary>
    /// <param name="path">The file; one that exists is replaced. Its folder must exist.</param>
    /// <param name="tensors">The tensors by name, written in ordinal order.</param>
    /// <exception cref="ArgumentException">A tensor is of a type that PyTorch's storages do not have.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var ordered = tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    Add(archive, "data.pkl", entry => entry.Write(Pickle(ordered)));
                    Add(archive, "byteorder", entry => entry.Write("little"u8));
                    foreach (var (index, (_, tensor)) in ordered.Index())
                    {
                        Add(archive, $"data/{index}", tensor.WriteTo);
                    }

                    Add(archive, "version", entry => entry.Write("3\n"u8));
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry($"{Root}/{name}", CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        using var stream = entry.Open();
        write(stream);
    }

    private static byte[] Pickle(KeyValuePair<string, Tensor>[] tensors)
    {
        using var pickle = new MemoryStream();
        Write(pickle, PickleOpcode.Proto);
        pickle.WriteByte(PickleProtocol);
        Write(pickle, PickleOpcode.EmptyDict);
        Write(pickle, PickleOpcode.Mark);
        foreach (var (index, (name, tensor)) in tensors.Index())
        {
            WriteText(pickle, name);
            WriteTensor(pickle, tensor, index);
        }

        Write(pickle, PickleOpcode.SetItems);
        Write(pickle, PickleOpcode.Stop);
        return pickle.ToArray();
    }

    /// <summary>_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks).</summary>
    private static void WriteTensor(MemoryStream pickle, Tensor tensor, int index)
    {
        WriteGlobal(pickle, "torch._utils", "_rebuild_tensor_v2");
        Write(pickle, PickleOpcode.Mark);
        Write(pickle, PickleOpcode.Mark);
        WriteText(pickle, "storage");
        WriteGlobal(pickle, "torch", StorageOf(tensor));
        WriteText(pickle, index.ToString(System.Globalization.CultureInfo.InvariantCulture));
        WriteText(pickle, "cpu");
        WriteWhole(pickle, tensor.Shape.Count);
        Write(pickle, PickleOpcode.Tuple);
        Write(pickle, PickleOpcode.BinPersId);
        WriteWhole(pickle, 0);
        int[] extents = tensor.Shape.ToArray();
        WriteTuple(pickle, extents.Select(extent => (long)extent));
        WriteTuple(pickle, extents.Select((_, axis) => extents[(axis + 1)..].Aggregate(1L, (product, extent) => product * extent)));
        Write(pickle, PickleOpcode.NewFalse);
        WriteGlobal(pickle, "collections", "OrderedDict");
        Write(pickle, PickleOpcode.EmptyTuple);
        Write(pickle, PickleOpcode.Reduce);
        Write(pickle, PickleOpcode.Tuple);
        Write(pickle, PickleOpcode.Reduce);
    }

    private static string StorageOf(Tensor tensor) => tensor.ElementType switch
    {
        ElementType.F32 => "FloatStorage",
        ElementType.F16 => "HalfStorage",
        ElementType.BF16 => "BFloat16Storage",
        ElementType.F64 => "DoubleStorage",
        ElementType.I64 => "LongStorage",
        ElementType.I32 => "IntStorage",
        ElementType.U8 => "ByteStorage",
        ElementType.Bool => "BoolStorage",
        _ => throw new ArgumentException($"PyTorch has no storage for {tensor}.", nameof(tensor)),
    };

    private static void Write(MemoryStream pickle, PickleOpcode opcode) => pickle.WriteByte((byte)opcode);

    private static void WriteGlobal(MemoryStream pickle, string module, string name)
    {
        Write(pickle, PickleOpcode.Global);
        pickle.Write(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private static void WriteText(MemoryStream pickle, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(pickle, PickleOpcode.BinUnicode);
        WriteNumber(pickle, bytes.Length);
        pickle.Write(bytes);
    }

    private static void WriteTuple(MemoryStream pickle, IEnumerable<long> numbers)
    {
        Write(pickle, PickleOpcode.Mark);
        foreach (long number in numbers)
        {
            WriteWhole(pickle, number);
        }

        Write(pickle, PickleOpcode.Tuple);
    }

    private static void WriteWhole(MemoryStream pickle, long number)
    {
        if (number <= int.MaxValue)
        {
            Write(pickle, PickleOpcode.BinInt);
            WriteNumber(pickle, (int)number);
            return;
        }

        Write(pickle, PickleOpcode.Long1);
        pickle.WriteByte(sizeof(long));
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        pickle.Write(bytes);
    }

    private static void WriteNumber(MemoryStream pickle, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        pickle.Write(bytes);
    }
}
