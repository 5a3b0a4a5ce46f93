using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Tensors.Kernels;

public sealed class AttentionEntryTests
{
    [Fact]
    public void Write_OfIntegers_PutsTheScaleBehindThem()
    {
        var entry = new byte[AttentionEntry.Length(ElementType.I8, 4)];
        AttentionEntry.Write([12.7f, -6.35f, 0.05f, 0.15f], ElementType.I8, entry);
        Assert.Equal([127, -64, 0, 2], MemoryMarshal.Cast<byte, sbyte>(entry)[..4].ToArray());
        Assert.Equal(12.7f / 127, MemoryMarshal.Read<float>(entry.AsSpan(4)));
    }

    [Fact]
    public void Write_OfZeros_IsZero()
    {
        var entry = new byte[AttentionEntry.Length(ElementType.I8, 3)];
        entry.AsSpan().Fill(7);
        AttentionEntry.Write([0, 0, 0], ElementType.I8, entry);
        Assert.All(entry, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Write_OfNumbersBeyondTheRangeOfHalf_StaysFinite()
    {
        var entry = new byte[6];
        AttentionEntry.Write([1e6f, -1e6f, 0.1f], ElementType.F16, entry);
        Assert.Equal([Half.MaxValue, Half.MinValue, (Half)0.1f], MemoryMarshal.Cast<byte, Half>(entry).ToArray());
    }

    [Theory]
    [InlineData(ElementType.I32)]
    [InlineData(ElementType.U8)]
    public void Write_OfAnotherType_Refuses(ElementType type) => Assert.Throws<ArgumentException>(() => AttentionEntry.Write([1], type, new byte[16]));
}
