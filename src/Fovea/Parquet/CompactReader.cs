namespace Fovea.Parquet;

/// <summary>
/// Reads Thrift's compact protocol, in which footers and page headers are written. Every read is within the bytes, lists have no more elements than bytes
/// are left, and what is skipped is nested <see cref="MaxDepth"/> deep at most; anything else is an <see cref="InvalidDataException"/>.
/// </summary>
/// <remarks>Source: Apache Thrift, "Thrift Compact protocol encoding".</remarks>
internal ref struct CompactReader
{
    private const int MaxDepth = 32;

    private readonly ReadOnlySpan<byte> _bytes;

    public CompactReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes that were read.</summary>
    public int Position { get; private set; }

    /// <summary>Goes to the next field of a struct.</summary>
    /// <param name="id">The number of the field before, 0 at first; becomes that of this one.</param>
    /// <param name="type">Its type.</param>
    /// <returns>Whether there is one.</returns>
    public bool NextField(ref int id, out CompactType type)
    {
        byte head = NextByte();
        type = (CompactType)(head & 15);
        if (type == CompactType.Stop)
        {
            return false;
        }

        id = head >> 4 is > 0 and var delta ? id + delta : (int)ZigZag();
        return type <= CompactType.Struct ? true : throw new InvalidDataException($"the Thrift type {(int)type} does not exist");
    }

    /// <summary>Reads a number of 32 bits.</summary>
    public int Int32(CompactType type)
    {
        Expect(type, CompactType.I32);
        long value = ZigZag();
        return value == (int)value ? (int)value : throw new InvalidDataException($"{value} is no number of 32 bits");
    }

    /// <summary>Reads a number of 32 bits that counts something.</summary>
    public int Count(CompactType type) => Int32(type) is >= 0 and var count ? count : throw new InvalidDataException("a count is negative");

    /// <summary>Reads a number of 64 bits.</summary>
    public long Int64(CompactType type)
    {
        Expect(type, CompactType.I64);
        return ZigZag();
    }

    /// <summary>Reads a number of 64 bits that counts something.</summary>
    public long LongCount(CompactType type) => Int64(type) is >= 0 and var count ? count : throw new InvalidDataException("a count is negative");

    /// <summary>Reads a field that is true or false.</summary>
    public static bool Boolean(CompactType type) => type == CompactType.True || (type == CompactType.False ? false : throw Unexpected(type, CompactType.True));

    /// <summary>Reads a text.</summary>
    public string Text(CompactType type)
    {
        Expect(type, CompactType.Binary);
        return Utf8Text.Read(Take(Length()));
    }

    /// <summary>Begins a list; returns how many elements follow.</summary>
    public int List(CompactType type, CompactType element)
    {
        Expect(type, CompactType.List);
        int count = ListHead(out var found);
        return count == 0 || found == element ? count : throw Unexpected(found, element);
    }

    /// <summary>Goes over a struct.</summary>
    public void Struct(CompactType type) => Expect(type, CompactType.Struct);

    /// <summary>Goes past a value.</summary>
    public void Skip(CompactType type) => Skip(type, 0);

    private void Skip(CompactType type, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"Thrift structs are nested deeper than {MaxDepth}");
        }

        switch (type)
        {
            case CompactType.True or CompactType.False:
                break;
            case CompactType.Byte:
                Take(1);
                break;
            case CompactType.I16 or CompactType.I32 or CompactType.I64:
                Varint();
                break;
            case CompactType.Double:
                Take(sizeof(double));
                break;
            case CompactType.Binary:
                Take(Length());
                break;
            case CompactType.List or CompactType.Set:
                for (int i = ListHead(out var element); i > 0; i--)
                {
                    SkipElement(element, depth + 1);
                }

                break;
            case CompactType.Map:
                SkipMap(depth + 1);
                break;
            default:
                for (int id = 0; NextField(ref id, out var field);)
                {
                    Skip(field, depth + 1);
                }

                break;
        }
    }

    private void SkipMap(int depth)
    {
        int count = Length();
        int types = count > 0 ? NextByte() : 0;
        for (int i = 0; i < count; i++)
        {
            SkipElement((CompactType)(types >> 4), depth);
            SkipElement((CompactType)(types & 15), depth);
        }
    }

    /// <summary>Inside lists and maps truth values have a byte of their own.</summary>
    private void SkipElement(CompactType type, int depth) => Skip(type is CompactType.True or CompactType.False ? CompactType.Byte : type is > CompactType.Stop and <= CompactType.Struct
        ? type
        : throw new InvalidDataException($"the Thrift type {(int)type} does not exist"), depth);

    private int ListHead(out CompactType element)
    {
        byte head = NextByte();
        element = (CompactType)(head & 15);
        int count = head >> 4;
        return count < 15 ? count <= _bytes.Length - Position ? count : throw TooShort() : Length();
    }

    /// <summary>A number of bytes, or of elements of a byte at least.</summary>
    private int Length()
    {
        ulong length = Varint();
        return length <= (ulong)(_bytes.Length - Position) ? (int)length : throw TooShort();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = count <= _bytes.Length - Position ? _bytes.Slice(Position, count) : throw TooShort();
        Position += count;
        return taken;
    }

    private byte NextByte() => Take(1)[0];

    private ulong Varint()
    {
        int position = Position;
        ulong value = Leb128.Read(_bytes, ref position);
        Position = position;
        return value;
    }

    private long ZigZag() => Leb128.Signed(Varint());

    private static void Expect(CompactType found, CompactType expected)
    {
        if (found != expected)
        {
            throw Unexpected(found, expected);
        }
    }

    private static InvalidDataException Unexpected(CompactType found, CompactType expected) => new($"a Thrift value is {found} where {expected} is due");

    private static InvalidDataException TooShort() => new("a Thrift struct ends too early");
}
