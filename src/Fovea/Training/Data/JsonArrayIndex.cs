using System.Text.Json;

namespace Fovea.Training.Data;

/// <summary>Finds the elements of a JSON array in one pass over a stream, of which one element at a time is held.</summary>
internal sealed class JsonArrayIndex(string name, JsonArrayIndex.ElementHandler found)
{
    private const int FirstBuffer = 1 << 16;

    // No sample is longer; a file that is no array of samples must not fill the memory.
    private const int LargestElement = 1 << 28;

    private byte[] _buffer = new byte[FirstBuffer];
    private int _filled;
    private int _consumed;
    private int _open = -1;
    private long _offset;
    private bool _begun;

    /// <summary>Takes an element: its bytes and where they begin in the stream.</summary>
    public delegate void ElementHandler(ReadOnlySpan<byte> element, long offset);

    /// <summary>Reads to the end.</summary>
    /// <exception cref="InvalidDataException">The stream is not one whole JSON array.</exception>
    public void Read(Stream stream)
    {
        var state = new JsonReaderState();
        try
        {
            for (bool last = false; !last;)
            {
                int read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
                _filled += read;
                last = read == 0;
                state = Scan(state, last);
                MakeRoom();
            }
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{name} is not valid JSON: {exception.Message}", exception);
        }
    }

    private JsonReaderState Scan(JsonReaderState state, bool last)
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_consumed.._filled), last, state);
        while (reader.Read())
        {
            if (!_begun && reader.TokenType != JsonTokenType.StartArray)
            {
                throw new InvalidDataException($"{name} is no JSON array of samples.");
            }

            _begun = true;
            if (reader.CurrentDepth != 1)
            {
                continue;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                _open = _consumed + (int)reader.TokenStartIndex;
                continue;
            }

            int start = _open >= 0 ? _open : _consumed + (int)reader.TokenStartIndex;
            _open = -1;
            found(_buffer.AsSpan(start..(_consumed + (int)reader.BytesConsumed)), _offset + start);
        }

        _consumed += (int)reader.BytesConsumed;
        return reader.CurrentState;
    }

    /// <summary>Moves what is still needed to the front: what was not consumed, and the element that has begun.</summary>
    private void MakeRoom()
    {
        int free = _open >= 0 ? _open : _consumed;
        _buffer.AsSpan(free.._filled).CopyTo(_buffer);
        (_filled, _consumed, _offset) = (_filled - free, _consumed - free, _offset + free);
        _open = _open >= 0 ? 0 : -1;
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _filled < LargestElement ? 2 * _filled : throw new InvalidDataException($"{name} holds an element of more than {LargestElement} bytes."));
        }
    }
}
