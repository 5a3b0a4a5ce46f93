using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fovea.Tests.Tensors.Serialization;

/// <summary>Writes PyTorch checkpoints: a pickle put together opcode by opcode, and storages, in a zip archive.</summary>
internal sealed class TorchFile
{
    private readonly List<byte> _pickle = [0x80, 2];
    private readonly List<(string Name, byte[] Data)> _entries = [];

    public CompressionLevel Compression { get; set; } = CompressionLevel.NoCompression;

    public string ByteOrder { get; set; } = "little";

    /// <summary>One dictionary with one f32 tensor.</summary>
    public static TorchFile Of(string name, float[] storage, long offset, long[] size, long[] stride) =>
        new TorchFile().Op('}').Op('(').Storage("0", storage).Tensor(name, "0", "FloatStorage", storage.Length, offset, size, stride).Op('u');

    public TorchFile Op(params ReadOnlySpan<char> opcodes)
    {
        foreach (char opcode in opcodes)
        {
            _pickle.Add((byte)opcode);
        }

        return this;
    }

    public TorchFile Bytes(params ReadOnlySpan<byte> bytes)
    {
        _pickle.AddRange(bytes);
        return this;
    }

    public TorchFile Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Op('X');
        _pickle.AddRange(BitConverter.GetBytes(bytes.Length));
        _pickle.AddRange(bytes);
        return this;
    }

    public TorchFile Number(long value)
    {
        Bytes(0x8a, 8);
        _pickle.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public TorchFile Global(string module, string name)
    {
        Op('c');
        _pickle.AddRange(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
        return this;
    }

    public TorchFile Tuple(params ReadOnlySpan<long> values)
    {
        Op('(');
        foreach (long value in values)
        {
            Number(value);
        }

        return Op('t');
    }

    public TorchFile Tensor(string name, string key, string type, long count, long offset, long[] size, long[] stride)
    {
        Text(name).Global("torch._utils", "_rebuild_tensor_v2").Op('(', '(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t', 'Q');
        return Number(offset).Tuple(size).Tuple(stride).Bytes(0x89).Global("collections", "OrderedDict").Op(')', 'R', 't', 'R');
    }

    public TorchFile Storage(string key, params float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return Storage(key, bytes);
    }

    public TorchFile Storage(string key, byte[] bytes)
    {
        _entries.Add(($"data/{key}", bytes));
        return this;
    }

    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in _entries.Prepend(("byteorder", Encoding.UTF8.GetBytes(ByteOrder))).Prepend(("data.pkl", [.. _pickle, (byte)'.'])))
            {
                using var entry = archive.CreateEntry($"model/{name}", Compression).Open();
                entry.Write(data);
            }
        }

        return stream.ToArray();
    }
}
