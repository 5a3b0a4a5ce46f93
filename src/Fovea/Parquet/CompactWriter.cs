namespace Fovea.Parquet;

/// <summary>Writes Thrift's compact protocol; the counterpart of <see cref="CompactReader"/>. The fields of a struct are written by rising number.</summary>
internal sealed class CompactWriter(Stream output)
{
    private const int ShortDelta = 15, ShortList = 15;
    private readonly Stack<int> _outer = [];
    private int _last;

    /// <summary>Begins a struct, as an element of a list or as the whole.</summary>
    public void Begin()
    {
        _outer.Push(_last);
        _last = 0;
    }

    /// <summary>Begins a struct as a field.</summary>
    public void Begin(int id)
    {
        Field(id, CompactType.Struct);
        Begin();
    }

    /// <summary>Ends the struct that was begun last.</summary>
    public void End()
    {
        output.WriteByte((byte)CompactType.Stop);
        _last = _outer.Pop();
    }

    /// <summary>Writes an empty struct as a field.</summary>
    public void Empty(int id)
    {
        Begin(id);
        End();
    }

    public void Int32(int id, int value)
    {
        Field(id, CompactType.I32);
        Element(value);
    }

    public void Int64(int id, long value)
    {
        Field(id, CompactType.I64);
        Leb128.WriteSigned(output, value);
    }

    public void Text(int id, string value)
    {
        Field(id, CompactType.Binary);
        Element(value);
    }

    /// <summary>Begins a list as a field; its elements follow.</summary>
    public void List(int id, CompactType element, int count)
    {
        Field(id, CompactType.List);
        output.WriteByte((byte)((Math.Min(count, ShortList) << 4) | (int)element));
        if (count >= ShortList)
        {
            Leb128.Write(output, (ulong)count);
        }
    }

    /// <summary>Writes an element of a list of numbers.</summary>
    public void Element(int value) => Leb128.WriteSigned(output, value);

    /// <summary>Writes an element of a list of texts.</summary>
    public void Element(string value)
    {
        byte[] bytes = Utf8Text.Bytes(value);
        Leb128.Write(output, (ulong)bytes.Length);
        output.Write(bytes);
    }

    private void Field(int id, CompactType type)
    {
        int delta = id - _last;
        if (delta is > 0 and <= ShortDelta)
        {
            output.WriteByte((byte)((delta << 4) | (int)type));
        }
        else
        {
            output.WriteByte((byte)type);
            Leb128.WriteSigned(output, id);
        }

        _last = id;
    }
}
