using System.Buffers.Binary;
using System.Text.Json;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    // Data behind a header whose length is a multiple of 8 lies aligned for every element type.
    private const int HeaderAlignment = 8;

    /// <summary>
    /// Writes tensors to one file, under another name first, so that a file of this name is always whole.
    /// The order is by falling element size, then by name (ordinal), so the same tensors give the same bytes and every tensor is aligned.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced. Its folder must exist.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>, written in ordinal order, or none.</param>
    /// <exception cref="ArgumentException">A tensor is called <c>__metadata__</c>, or the header would be over the format's limit of 100 MB.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        if (tensors.ContainsKey(SafetensorsHeader.MetadataKey))
        {
            throw new ArgumentException($"No tensor can be called {SafetensorsHeader.MetadataKey}.", nameof(tensors));
        }

        var ordered = tensors.OrderByDescending(pair => pair.Value.ElementType.Bytes()).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        byte[] header = Header(ordered, metadata);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(header);
                foreach (var (_, tensor) in ordered)
                {
                    tensor.WriteTo(stream);
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

    private static byte[] Header(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[SafetensorsHeader.LengthBytes]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long position = 0;
            foreach (var (name, tensor) in tensors)
            {
                position = WriteEntry(json, name, tensor, position);
            }

            json.WriteEndObject();
        }

        while (buffer.Length % HeaderAlignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        byte[] header = buffer.ToArray();
        int length = header.Length - SafetensorsHeader.LengthBytes;
        if (length > SafetensorsHeader.MaxBytes)
        {
            throw new ArgumentException($"A header of {length} bytes is over the format's limit of {SafetensorsHeader.MaxBytes}.", nameof(tensors));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        return header;
    }

    private static long WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, long position)
    {
        long end = position + (tensor.Shape.Count * tensor.ElementType.Bytes());
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsType.NameOf(tensor.ElementType));
        json.WriteStartArray("shape");
        for (int axis = 0; axis < tensor.Shape.Rank; axis++)
        {
            json.WriteNumberValue(tensor.Shape[axis]);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(position);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
