using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Tensors.Serialization;

public sealed class PackedIntegersTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [Trait("kind", "property")]
    public void Unpack_OfWhatWasPacked_IsTheSame(int bits)
    {
        var random = new SplitMix64(5);
        for (int length = 0; length <= 70; length++)
        {
            int span = 1 << bits;
            sbyte[] numbers = [.. Enumerable.Range(0, length).Select(_ => (sbyte)((int)(random.Next() % (ulong)span) - (span / 2)))], read = new sbyte[length];
            int[] words = new int[PackedIntegers.Words(length, bits)];
            words.AsSpan().Fill(-1);
            PackedIntegers.Pack(numbers, bits, words);
            PackedIntegers.Unpack(words, bits, read);
            Assert.Equal(numbers, read);
        }
    }

    [Fact]
    [Trait("kind", "reference")]
    public void Pack_OfFourBits_PutsTheFirstNumberIntoTheLowestNibble()
    {
        int[] words = new int[2];
        PackedIntegers.Pack([-8, -7, 7, 0, 0, 0, 0, 1, -8, 2], 4, words);
        Assert.Equal([unchecked((int)0x98888F10), 0x000000A0], words);
    }

    [Fact]
    public void Unpack_OfTooFewWordsOrOtherBits_Refuses()
    {
        Assert.Throws<ArgumentException>(() => PackedIntegers.Unpack(new int[1], 4, new sbyte[9]));
        Assert.Throws<ArgumentException>(() => PackedIntegers.Pack(new sbyte[5], 8, new int[1]));
        Assert.Throws<ArgumentException>(() => PackedIntegers.Unpack(new int[1], 3, new sbyte[1]));
    }
}
