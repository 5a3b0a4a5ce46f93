using System.Buffers.Binary;

namespace Fovea.Text.SentencePiece;

/// <summary>Reads the wire format of Protocol Buffers from bytes in memory; every length is checked against what is there.</summary>
/// <remarks>Source: the Protocol Buffers encoding specification. Groups are not supported.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file)
{
    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    /// <summary>Moves to the next field.</summary>
    /// <param name="field">The number of the field.</param>
    /// <returns>False at the end.</returns>
    public bool Next(out int field)
    {
        field = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = Varint();
        _wireType = (int)(tag & 7);
        field = tag >> 3 <= int.MaxValue ? (int)(tag >> 3) : 0;
        return field > 0 ? true : throw Error("a field number out of range");
    }

    /// <summary>The integer value of the field.</summary>
    public int Integer()
    {
        Expect(0, "an integer");
        long value = (long)Varint();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Error("an integer beyond 32 bits");
    }

    /// <summary>The truth value of the field.</summary>
    public bool Boolean()
    {
        Expect(0, "a truth value");
        return Varint() != 0;
    }

    /// <summary>The 32-bit float of the field.</summary>
    public float Float()
    {
        Expect(5, "a 32-bit float");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The bytes of the field: a text or a message.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(2, "bytes");
        return Take(Varint());
    }

    /// <summary>Passes over the value of the field.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Take(Varint());
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Error($"the wire type {_wireType}");
        }
    }

    /// <summary>The error that says what the file holds.</summary>
    public readonly InvalidDataException Error(string found) => new($"{file} is not a SentencePiece model: it holds {found}");

    private readonly void Expect(int wireType, string what)
    {
        if (_wireType != wireType)
        {
            throw Error($"the wire type {_wireType} where {what} belongs");
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw Error($"a field of {count} bytes of which {_rest.Length} are there");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Error("an integer without end");
    }
}
