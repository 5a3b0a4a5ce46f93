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
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        Write(path, tensors.Select(pair => SafetensorsItem.Of(pair.Key, pair.Value)), metadata);

    /// <summary>As for tensors that are there, one tensor after the other in the order of the file.</summary>
    /// <param name="path">The file; one that exists is replaced. Its folder must exist.</param>
    /// <param name="items">The tensors, names once each.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>, written in ordinal order, or none.</param>
    /// <exception cref="ArgumentException">A tensor is called <c>__metadata__</c>, or the header would be over the format's limit of 100 MB.</exception>
    public static void Write(string path, IEnumerable<SafetensorsItem> items, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = items.OrderByDescending(item => item.ElementType.Bytes()).ThenBy(item => item.Name, StringComparer.Ordinal).ToArray();
        if (Array.Exists(ordered, item => item.Name == SafetensorsHeader.MetadataKey))
        {
            throw new ArgumentException($"No tensor can be called {SafetensorsHeader.MetadataKey}.", nameof(items));
        }

        byte[] header = Header(ordered, metadata);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(header);
                foreach (var item in ordered)
                {
                    item.WriteTo(stream);
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

    private static byte[] Header(SafetensorsItem[] items, IReadOnlyDictionary<string, string>? metadata)
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
            foreach (var item in items)
            {
                position = WriteEntry(json, item, position);
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
            throw new ArgumentException($"A header of {length} bytes is over the format's limit of {SafetensorsHeader.MaxBytes}.", nameof(items));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        return header;
    }

    private static long WriteEntry(Utf8JsonWriter json, SafetensorsItem item, long position)
    {
        long end = position + item.Bytes;
        json.WriteStartObject(item.Name);
        json.WriteString("dtype", SafetensorsType.NameOf(item.ElementType));
        json.WriteStartArray("shape");
        for (int axis = 0; axis < item.Shape.Rank; axis++)
        {
            json.WriteNumberValue(item.Shape[axis]);
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
