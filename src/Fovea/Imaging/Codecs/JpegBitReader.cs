using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Reads bits of entropy-coded JPEG data, most significant first, and takes out the zero bytes stuffed after 0xFF.
/// Bits asked for beyond a marker are zero, as in libjpeg; bits beyond the end of the file are an error.
/// </summary>
internal ref struct JpegBitReader
{
    private readonly ImageInput _input;
    private readonly ReadOnlySpan<byte> _data;
    private ulong _bits;
    private int _count;

    public JpegBitReader(in ImageInput input, int position)
    {
        _input = input;
        _data = input.Bytes;
        Position = position;
    }

    /// <summary>The next byte of the file that is not yet in the buffer.</summary>
    public int Position { get; private set; }

    /// <summary>Whether bits were asked for that lie beyond a marker: what follows, up to the next restart, is not data.</summary>
    public bool Exhausted { get; private set; }

    /// <summary>The next 16 bits, zeros where there are none, without consuming them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Peek16()
    {
        if (_count < 16)
        {
            Fill();
        }

        return _count >= 16 ? (int)(_bits >> (_count - 16)) & 0xFFFF : (int)(_bits << (16 - _count)) & 0xFFFF;
    }

    /// <summary>Consumes <paramref name="bits"/> ≤ 16 bits after <see cref="Peek16"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int bits)
    {
        _count -= bits;
        if (_count < 0)
        {
            RunDry();
        }
    }

    /// <summary>Consumes <paramref name="bits"/> bits, 0 to 16, as an unsigned number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(int bits)
    {
        int value = Peek16() >> (16 - bits);
        Skip(bits);
        return value;
    }

    /// <summary>Consumes <paramref name="bits"/> bits as the signed number of that category (ITU-T T.81, figure F.12).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadSigned(int bits)
    {
        int value = Read(bits);
        return bits == 0 || value >= 1 << (bits - 1) ? value : value - (1 << bits) + 1;
    }

    /// <summary>Drops the bits that are left and goes on at <paramref name="position"/>, with data again.</summary>
    public void Restart(int position)
    {
        Position = position;
        _bits = 0;
        _count = 0;
        Exhausted = false;
    }

    /// <summary>Drops the bits that are left and treats what follows, a marker at <paramref name="position"/>, as absent until the next restart.</summary>
    public void Abandon(int position)
    {
        Position = position;
        _bits = 0;
        _count = 0;
        Exhausted = true;
    }

    private void Fill()
    {
        while (_count <= 56 && Position < _data.Length)
        {
            if (_count <= 32 && Position + 4 <= _data.Length)
            {
                uint four = BinaryPrimitives.ReadUInt32BigEndian(_data[Position..]);
                if (((~four - 0x01010101u) & four & 0x80808080u) == 0)
                {
                    _bits = (_bits << 32) | four;
                    _count += 32;
                    Position += 4;
                    continue;
                }
            }

            byte next = _data[Position];
            if (next == 0xFF)
            {
                int after = Position + 1;
                if (after >= _data.Length || _data[after] != 0)
                {
                    return;
                }

                Position++;
            }

            _bits = (_bits << 8) | next;
            _count += 8;
            Position++;
        }
    }

    private void RunDry()
    {
        // The position now stands at a marker or at the end; 0xFF as the last byte is the beginning of a marker that is cut off.
        if (Exhausted || Position + 1 < _data.Length)
        {
            Abandon(Position);
            return;
        }

        throw _input.Error("JPEG: the file ends inside the entropy-coded data");
    }
}
