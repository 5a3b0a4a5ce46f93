using System.Buffers.Binary;
using System.Text;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// Reads the pickle of a PyTorch checkpoint: one dictionary of tensors. It executes nothing: opcodes and names that such files do not need are refused.
/// Every step consumes input, so that time and memory are bounded by its length.
/// </summary>
/// <remarks>Format: CPython, <c>Lib/pickletools.py</c>; PyTorch, <c>torch/_weights_only_unpickler.py</c> and <c>torch/_utils.py</c>.</remarks>
internal ref struct PickleReader
{
    /// <summary>More than a pickle of a quarter of a million tensors has.</summary>
    private const int MostContainers = 1 << 20;

    private const int LongestShownName = 100;

    private readonly string _source;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;
    private int _containers;

    private PickleReader(string source, ReadOnlySpan<byte> bytes)
    {
        _source = source;
        _bytes = bytes;
    }

    /// <summary>Reads a pickle.</summary>
    /// <param name="source">File and entry, for messages.</param>
    /// <param name="bytes">The pickle.</param>
    /// <returns>The tensors of the dictionary by name; other plain values are left out.</returns>
    /// <exception cref="InvalidDataException">It holds anything but tensors and plain containers, or is damaged.</exception>
    public static Dictionary<string, TorchTensor> Read(string source, ReadOnlySpan<byte> bytes) => new PickleReader(source, bytes).Run();

    private Dictionary<string, TorchTensor> Run()
    {
        while (true)
        {
            var opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop)
            {
                break;
            }

            Execute(opcode);
        }

        if (_stack is not [Dictionary<string, object?> items])
        {
            throw Refused("it is not one dictionary of tensors");
        }

        var tensors = new Dictionary<string, TorchTensor>(StringComparer.Ordinal);
        foreach (var (name, value) in items)
        {
            if (value is TorchTensor tensor)
            {
                tensors.Add(name, tensor);
            }
        }

        return tensors;
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                Take(1);
                break;
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.None:
                _stack.Add(null);
                break;
            case PickleOpcode.NewTrue or PickleOpcode.NewFalse:
                _stack.Add(opcode == PickleOpcode.NewTrue);
                break;
            case PickleOpcode.BinInt or PickleOpcode.BinInt1 or PickleOpcode.BinInt2 or PickleOpcode.Long1:
                _stack.Add(Number(opcode));
                break;
            case PickleOpcode.BinUnicode or PickleOpcode.ShortBinUnicode:
                _stack.Add(Text(opcode == PickleOpcode.BinUnicode ? Unsigned(4) : Unsigned(1)));
                break;
            case PickleOpcode.BinPut or PickleOpcode.LongBinPut:
                _memo[Unsigned(opcode == PickleOpcode.BinPut ? 1 : 4)] = Peek();
                break;
            case PickleOpcode.BinGet or PickleOpcode.LongBinGet:
                _stack.Add(_memo.TryGetValue(Unsigned(opcode == PickleOpcode.BinGet ? 1 : 4), out object? known) ? known : throw Refused("it recalls what it never kept"));
                break;
            case PickleOpcode.Global:
                _stack.Add(Global());
                break;
            case PickleOpcode.BinPersId:
                _stack.Add(Storage(Pop()));
                break;
            case PickleOpcode.Reduce:
                object? arguments = Pop();
                _stack.Add(Call(Pop(), arguments));
                break;
            default:
                ExecuteOnContainers(opcode);
                break;
        }
    }

    private void ExecuteOnContainers(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyDict:
                _stack.Add(Counted(new Dictionary<string, object?>(StringComparer.Ordinal)));
                break;
            case PickleOpcode.EmptyList:
                _stack.Add(Counted(new List<object?>()));
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Add(Counted(TakeFromStack(_stack.Count - (opcode - PickleOpcode.Tuple1 + 1))));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(Counted(TakeFromStack(TakeMark())));
                break;
            case PickleOpcode.Append:
                Extend([Pop()]);
                break;
            case PickleOpcode.Appends:
                Extend(TakeFromStack(TakeMark()));
                break;
            case PickleOpcode.SetItem:
                object? value = Pop();
                Set([Pop(), value]);
                break;
            case PickleOpcode.SetItems:
                Set(TakeFromStack(TakeMark()));
                break;
            case PickleOpcode.Build:
                // What is set on a dictionary of tensors are versions of modules; nothing needs them.
                if (Pop() is not Dictionary<string, object?> || Peek() is not Dictionary<string, object?>)
                {
                    throw Refused("it builds an object");
                }

                break;
            default:
                throw Refused($"the opcode 0x{(byte)opcode:x2} at byte {_position - 1} is not allowed");
        }
    }

    private readonly void Extend(object?[] items)
    {
        if (Peek() is not List<object?> list)
        {
            throw Refused("it appends to what is no list");
        }

        list.AddRange(items);
    }

    private readonly void Set(object?[] items)
    {
        if (Peek() is not Dictionary<string, object?> dictionary || items.Length % 2 != 0)
        {
            throw Refused("it sets items of what is no dictionary");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary[items[i] as string ?? throw Refused("a key of a dictionary is no text")] = items[i + 1];
        }
    }

    private PickleGlobal Global()
    {
        string module = Line(), name = Line();
        return PickleGlobal.Find(module, name) ?? throw Refused($"it refers to {Shown(module)}.{Shown(name)}, which is neither a tensor nor a plain container");
    }

    private readonly object Storage(object? id) =>
        id is object?[] and ["storage", PickleGlobal { Kind: PickleGlobal.Meaning.Storage } type, string key, string, long count] && count >= 0
            ? new TorchStorage(key, type.ElementType, count)
            : throw Refused("a persistent id is no storage");

    private object Call(object? callable, object? arguments) => (callable, arguments) switch
    {
        (PickleGlobal { Kind: PickleGlobal.Meaning.Dictionary }, object?[] and []) => Counted(new Dictionary<string, object?>(StringComparer.Ordinal)),
        (PickleGlobal { Kind: PickleGlobal.Meaning.Tensor }, object?[] and [TorchStorage storage, long offset, object?[] size, object?[] stride, bool, _])
            when Array.TrueForAll(size, extent => extent is long) && Array.TrueForAll(stride, step => step is long) =>
            new TorchTensor(storage, offset, [.. size.Cast<long>()], [.. stride.Cast<long>()]),
        (PickleGlobal global, _) => throw Refused($"{global.Name} is called with other arguments than PyTorch writes"),
        _ => throw Refused("it calls what is no name"),
    };

    private T Counted<T>(T container) => ++_containers <= MostContainers ? container : throw Refused($"it makes more than {MostContainers} containers");

    private long Number(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinInt:
                return BinaryPrimitives.ReadInt32LittleEndian(Take(4));
            case PickleOpcode.BinInt1:
                return Unsigned(1);
            case PickleOpcode.BinInt2:
                return Unsigned(2);
            default:
                int length = Take(1)[0];
                var digits = Take(length);
                if (length > sizeof(long))
                {
                    throw Refused($"a whole number has {length} bytes");
                }

                Span<byte> wide = stackalloc byte[sizeof(long)];
                wide.Fill(length > 0 && (digits[^1] & 0x80) != 0 ? byte.MaxValue : (byte)0);
                digits.CopyTo(wide);
                return BinaryPrimitives.ReadInt64LittleEndian(wide);
        }
    }

    private uint Unsigned(int bytes)
    {
        uint value = 0;
        var digits = Take(bytes);
        for (int i = 0; i < bytes; i++)
        {
            value |= (uint)digits[i] << (8 * i);
        }

        return value;
    }

    private string Text(uint length) => length <= int.MaxValue ? Encoding.UTF8.GetString(Take((int)length)) : throw Refused($"a text has {length} bytes");

    private string Line()
    {
        int length = _bytes[_position..].IndexOf((byte)'\n');
        string line = Encoding.UTF8.GetString(Take(length >= 0 ? length : int.MaxValue));
        _position++;
        return line;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _position)
        {
            throw Refused($"it ends at byte {_bytes.Length}, in the middle");
        }

        var taken = _bytes.Slice(_position, length);
        _position += length;
        return taken;
    }

    private readonly object? Peek() => _stack.Count > 0 ? _stack[^1] : throw Empty();

    private readonly object? Pop()
    {
        object? top = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private readonly int TakeMark()
    {
        if (_marks.Count == 0)
        {
            throw Empty();
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return mark;
    }

    private readonly object?[] TakeFromStack(int start)
    {
        if (start < 0 || start > _stack.Count)
        {
            throw Empty();
        }

        object?[] taken = [.. _stack[start..]];
        _stack.RemoveRange(start, taken.Length);
        return taken;
    }

    private readonly InvalidDataException Empty() => Refused("it takes more from its stack than it has put there");

    private static string Shown(string name) => name.Length <= LongestShownName ? name : name[..LongestShownName] + "…";

    private readonly InvalidDataException Refused(string reason) => new($"{_source}: the pickle is refused: {reason}. Nothing in it was executed.");
}
