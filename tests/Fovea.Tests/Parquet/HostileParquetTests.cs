using System.Buffers.Binary;
using System.Text;
using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

[Trait("kind", "property")]
public sealed class HostileParquetTests : IDisposable
{
    private readonly ParquetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_OfAFileCutAtAnyLength_IsRefused()
    {
        byte[] whole = File.ReadAllBytes(Repository.Path("tests/Fovea.Tests/Parquet/Files/hyparquet.parquet"));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.In("cut.parquet");
            File.WriteAllBytes(path, whole[..length]);
            Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => ParquetReader.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_OfAFileWithAnyByteChanged_IsReadOrRefused()
    {
        var schema = new Schema([SchemaNode.List("list", SchemaNode.Text("element")), new SchemaNode("flag", Repetition.Optional, PhysicalType.Boolean)]);
        byte[] whole = File.ReadAllBytes(_folder.Write(schema, [[new object?[] { "a", null, "" }, true], [null, null], [Array.Empty<object?>(), false]], rowGroupRows: 2));
        foreach (byte change in (byte[])[1, 0x80, 0xFF])
        {
            for (int i = 0; i < whole.Length; i++)
            {
                whole[i] ^= change;
                Read(whole);
                whole[i] ^= change;
            }
        }
    }

    [Theory]
    [InlineData("", "no Parquet file")]
    [InlineData("PAR1PAR1", "no Parquet file")]
    [InlineData("this is some text, of no format", "does not begin and end")]
    [InlineData("PAR1\0\0\0\0PARE", "footer is encrypted")]
    [InlineData("PAR1\u0010\0\0\0PAR1", "declares 16 bytes")]
    [InlineData("PAR1\0\0\0\0PAR1", "ends too early")]
    [InlineData("PAR1\0\u0001\0\0\0PAR1", "incomplete")]
    public void Open_OfAnotherFile_SaysWhatItIs(string text, string reason)
    {
        string path = _folder.In("other.parquet");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(text));
        string message = Assert.Throws<InvalidDataException>(() => ParquetReader.Open(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfMoreThanTheLimits_IsRefused()
    {
        var schema = new Schema([SchemaNode.Text("text")]);
        string path = _folder.Write(schema, Enumerable.Repeat<object?[]>([new string('a', 1000)], 50));
        Refused(new ParquetLimits { FooterBytes = 10 }, "its footer declares");
        Refused(new ParquetLimits { ChunkBytes = 10_000 }, "10000 are read in all");
        Refused(new ParquetLimits { ChunkBytes = 100 }, "100 bytes are read");
        Refused(new ParquetLimits { ChunkValues = 49 }, "at most 49 are read");

        void Refused(ParquetLimits limits, string reason) =>
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => ParquetFolder.Read(path, limits)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfAFooterOnlyMadeOfDeepStructs_IsRefused()
    {
        // A field that no reader knows, which holds itself a hundred thousand times.
        byte[] footer = [.. Enumerable.Repeat((byte)0xCC, 100_000)];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        string path = _folder.In("deep.parquet");
        File.WriteAllBytes(path, [.. "PAR1"u8, .. footer, .. length, .. "PAR1"u8]);
        Assert.Contains("nested deeper", Assert.Throws<InvalidDataException>(() => ParquetReader.Open(path)).Message, StringComparison.Ordinal);
    }

    private void Read(byte[] bytes)
    {
        string path = _folder.In("changed.parquet");
        File.WriteAllBytes(path, bytes);
        try
        {
            ParquetFolder.Read(path);
        }
        catch (InvalidDataException)
        {
            // The documented answer to a file that cannot be used.
        }
    }
}
