namespace Fovea.Tensors.Serialization;

/// <summary>The opcodes of a pickle that are carried out; all others are refused.</summary>
/// <remarks>Values: CPython, <c>Lib/pickletools.py</c>.</remarks>
internal enum PickleOpcode : byte
{
    Mark = (byte)'(',
    Stop = (byte)'.',
    Reduce = (byte)'R',
    BinInt = (byte)'J',
    BinInt1 = (byte)'K',
    BinInt2 = (byte)'M',
    None = (byte)'N',
    BinPersId = (byte)'Q',
    BinUnicode = (byte)'X',
    ShortBinUnicode = 0x8c,
    EmptyList = (byte)']',
    Append = (byte)'a',
    Appends = (byte)'e',
    Build = (byte)'b',
    Global = (byte)'c',
    EmptyDict = (byte)'}',
    EmptyTuple = (byte)')',
    BinGet = (byte)'h',
    LongBinGet = (byte)'j',
    BinPut = (byte)'q',
    LongBinPut = (byte)'r',
    SetItem = (byte)'s',
    Tuple = (byte)'t',
    SetItems = (byte)'u',
    Proto = 0x80,
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    NewTrue = 0x88,
    NewFalse = 0x89,
    Long1 = 0x8a,
}
