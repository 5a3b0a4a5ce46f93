using System.Text;
using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

[Trait("kind", "reference")]
public sealed class SnappyTests
{
    [Theory]
    [InlineData("00", "")]
    [InlineData("05106162636465", "abcde")]
    [InlineData("09006100622E0100", "abbbbbbbbbbbbb")]
    [InlineData("0A006111010062", "aaaaaaaaab")]
    [InlineData("0804616213020000000062", "abababab")]
    [InlineData("03F002616263", "abc")]
    public void Decompress_OfABlock_GivesItsText(string block, string text)
    {
        byte[] bytes = Convert.FromHexString(block), plain = new byte[text.Length];
        bytes[0] = (byte)text.Length;
        Snappy.Decompress(bytes, plain);
        Assert.Equal(text, Encoding.ASCII.GetString(plain));
    }

    [Theory]
    [InlineData("04")]
    [InlineData("05006162636465")]
    [InlineData("040461")]
    [InlineData("04006101")]
    [InlineData("0400610902")]
    [InlineData("0400610900")]
    [InlineData("0400611E0100")]
    [InlineData("040061020000")]
    [InlineData("040061020200")]
    [InlineData("04F4FFFF61")]
    [InlineData("04FCFFFFFFFF61")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    public void Decompress_OfADamagedBlock_IsRefused(string block) => Assert.Throws<InvalidDataException>(() => Snappy.Decompress(Convert.FromHexString(block), new byte[4]));
}
