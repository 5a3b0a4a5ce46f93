using Fovea.Imaging;

namespace Fovea.Tests.Imaging;

/// <summary>Damaged and malicious files: a clear error or a picture, within bounds of memory and time.</summary>
[Trait("kind", "property")]
public sealed class HostilePictureTests
{
    [Fact]
    public void Decode_OfNothing_IsRefused() => Refuse([], "empty");

    [Fact]
    public void Decode_OfText_IsRefused() => Refuse("hello, this is no picture"u8, "known format");

    [Theory]
    [InlineData("png/c2d8.png")]
    [InlineData("png/c6d16i.png")]
    [InlineData("jpeg/s420.jpg")]
    [InlineData("jpeg/s420p.jpg")]
    [InlineData("other/plain.gif")]
    [InlineData("other/rle8.bmp")]
    [InlineData("other/p6.ppm")]
    public void Decode_OfEveryPrefix_GivesAnErrorOrThePicture(string name)
    {
        byte[] file = GoldenPictures.Read(name);
        var whole = Image.Decode(file);
        for (int length = 0; length < file.Length; length++)
        {
            try
            {
                var image = Image.Decode(file.AsSpan(0, length));

                // What is cut off was not needed.
                Assert.True(image.Rgb.SequenceEqual(whole.Rgb), $"{length} of {file.Length} bytes gave another picture");
            }
            catch (ImageFormatException)
            {
            }
        }
    }

    [Fact]
    public void Decode_OfPngWithHugeHeader_IsRefusedBeforeAllocating()
    {
        byte[] file = PngBuilder.File(PngBuilder.Header(60000, 60000), PngBuilder.Chunk("IDAT", PngBuilder.Deflate(new byte[100])));
        Assert.True(AllocationOf(() => Refuse(file, "limit")) < 100_000);
    }

    [Fact]
    public void Decode_OfPngWithTooFewDataForItsSize_IsRefusedBeforeAllocating()
    {
        byte[] file = PngBuilder.File(PngBuilder.Header(13000, 13000), PngBuilder.Chunk("IDAT", PngBuilder.Deflate(new byte[1000])));
        Assert.True(AllocationOf(() => Refuse(file, "too few")) < 100_000);
    }

    [Fact]
    public void Decode_OfPngThatInflatesWithoutEnd_StopsAtItsLastRow()
    {
        byte[] bomb = PngBuilder.Deflate(new byte[50_000_000]);
        byte[] file = PngBuilder.File(PngBuilder.Header(4, 4), PngBuilder.Chunk("IDAT", bomb), PngBuilder.Chunk("IEND", []));
        long allocated = AllocationOf(() => Assert.Equal(4, Image.Decode(file).Width));
        Assert.True(allocated < 1_000_000, $"{allocated} bytes");
    }

    [Fact]
    public void Decode_OfPngWithWrongCheckSum_NamesTheChunk()
    {
        byte[] file = GoldenPictures.Read("png/c3d8.png");
        int palette = file.AsSpan().IndexOf("PLTE"u8);
        file[palette + 4] ^= 1;
        Refuse(file, "PLTE");
    }

    [Fact]
    public void Decode_OfPngThatAsksForADictionary_IsRefused()
    {
        byte[] data = [0x78, 0xBB, 1, 2, 3, 4, .. PngBuilder.Deflate(new byte[100])];
        Refuse(PngBuilder.File(PngBuilder.Header(4, 4), PngBuilder.Chunk("IDAT", data)), "damaged");
    }

    [Fact]
    public void Decode_OfPngWithManyEmptyChunks_IsLinear()
    {
        byte[] empty = PngBuilder.Chunk("IDAT", []);
        byte[] data = PngBuilder.Chunk("IDAT", PngBuilder.Deflate([0, 1, 2, 3]));
        byte[][] chunks = [PngBuilder.Header(1, 1), .. Enumerable.Repeat(empty, 200_000), data];
        Assert.Equal([1, 2, 3], Image.Decode(PngBuilder.File(chunks)).Rgb.ToArray());
    }

    [Fact]
    public void Decode_OfJpegWithHugeHeader_IsRefusedBeforeAllocating()
    {
        byte[] file = GoldenPictures.Read("jpeg/s420.jpg");
        Span<byte> frame = file.AsSpan(file.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 }) + 5);
        (frame[0], frame[1], frame[2], frame[3]) = (0xEA, 0x60, 0xEA, 0x60);
        Assert.True(AllocationOf(() => Refuse(file, "limit")) < 100_000);
        (frame[0], frame[1], frame[2], frame[3]) = (0x30, 0, 0x30, 0);
        Assert.True(AllocationOf(() => Refuse(file, "too few")) < 100_000);
    }

    [Fact]
    public void Decode_OfJpegWithEndlessRestartMarkers_Ends()
    {
        // A restart after every unit, and nothing but restart markers where data should be.
        byte[] file = GoldenPictures.Read("jpeg/rst1.jpg");
        int scan = file.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA });
        byte[] restarts = [.. Enumerable.Range(0, 100_000).SelectMany(i => new byte[] { 0xFF, (byte)(0xD0 + (i & 7)) })];
        Either([.. file[..(scan + 14)], .. restarts, 0xFF, 0xD9]);
        Either([.. file[..(scan + 14)], .. Enumerable.Repeat(new byte[] { 0xFF, 0xD3 }, 100_000).SelectMany(marker => marker)]);
    }

    [Fact]
    public void Decode_OfJpegWithScansWithoutEnd_IsRefused()
    {
        byte[] file = GoldenPictures.Read("jpeg/s444p.jpg");
        int second = file.AsSpan().LastIndexOf(new byte[] { 0xFF, 0xDA });
        byte[] scan = file[second..^2];
        byte[] many = [.. file[..^2], .. Enumerable.Repeat(scan, 300).SelectMany(bytes => bytes), 0xFF, 0xD9];
        Refuse(many, "scans");
    }

    [Fact]
    public void Decode_OfJpegWithCodesThatAreNoPrefixCode_IsRefused()
    {
        byte[] file = GoldenPictures.Read("jpeg/s444.jpg");
        int table = file.AsSpan().IndexOf(new byte[] { 0xFF, 0xC4 });
        file[table + 5] = 3;
        Refuse(file, "Huffman");
    }

    [Fact]
    public void Decode_OfBmpAndGifWithHugeHeaders_IsRefused()
    {
        byte[] bmp = GoldenPictures.Read("other/rgb24.bmp");
        (bmp[20], bmp[24]) = (0x7F, 0x7F);
        Refuse(bmp, "BMP");
        byte[] gif = GoldenPictures.Read("other/plain.gif");
        (gif[6], gif[7], gif[8], gif[9]) = (0xFF, 0xFF, 0xFF, 0xFF);
        Refuse(gif, "limit");
        Refuse("P6 60000 60000 255 "u8, "limit");
        Refuse("P5 99999999999999999999 1 255 "u8, "too long");
    }

    [Theory]
    [InlineData("data:image/png;base64,@@@")]
    [InlineData("data:image/png,abc")]
    [InlineData("https://example.org/a.png")]
    [InlineData("")]
    public void FromDataUri_OfSomethingElse_IsRefused(string uri) => Assert.Throws<ImageFormatException>(() => Image.FromDataUri(uri));

    [Fact]
    public void Load_OfBrokenFile_NamesIt()
    {
        string path = Repository.Path("tests/golden/image/png/bad_trunc.png");
        var error = Assert.Throws<ImageFormatException>(() => Image.Load(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Image.Load(path + ".missing"));
    }

    private static void Refuse(ReadOnlySpan<byte> file, string reason)
    {
        byte[] bytes = file.ToArray();
        var error = Assert.Throws<ImageFormatException>(() => Image.Decode(bytes));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void Either(byte[] file)
    {
        try
        {
            _ = Image.Decode(file);
        }
        catch (ImageFormatException)
        {
        }
    }

    private static long AllocationOf(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
