using Fovea.Imaging;

namespace Fovea.Tests.Imaging;

[Trait("kind", "property")]
public sealed class ImageTests
{
    [Fact]
    public void Constructor_OfWrongLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Image(2, 2, new byte[11]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Image(0, 2, []));
    }

    [Fact]
    public void Decode_OfWrittenPng_GivesItsPixels()
    {
        byte[] rgb = [.. Enumerable.Range(0, 3 * 5 * 4).Select(i => (byte)(i * 4))];
        Assert.Equal(rgb, Image.Decode(PngBuilder.Picture(5, 4, rgb)).Rgb.ToArray());
    }

    [Fact]
    public void FromDataUri_OfAFile_EqualsDecoding()
    {
        byte[] file = GoldenPictures.Read("png/c2d8.png");
        var image = Image.FromDataUri("data:image/jpeg;base64," + Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks));
        Assert.Equal(Image.Decode(file).Rgb.ToArray(), image.Rgb.ToArray());
    }

    /// <summary>The picture 1 2 / 3 4 / 5 6 with each orientation; every pixel has one value.</summary>
    [Theory]
    [InlineData(1, 2, "123456")]
    [InlineData(2, 2, "214365")]
    [InlineData(3, 2, "654321")]
    [InlineData(4, 2, "563412")]
    [InlineData(5, 3, "135246")]
    [InlineData(6, 3, "531642")]
    [InlineData(7, 3, "642531")]
    [InlineData(8, 3, "246135")]
    public void Decode_WithOrientation_TurnsThePicture(byte orientation, int width, string pixels)
    {
        byte[] exif = [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] raw = [0, 1, 2, 0, 3, 4, 0, 5, 6];
        byte[] file = PngBuilder.File(PngBuilder.Header(2, 3, 8, 0), PngBuilder.Chunk("eXIf", exif), PngBuilder.Chunk("IDAT", PngBuilder.Deflate(raw)), PngBuilder.Chunk("IEND", []));
        var image = Image.Decode(file, new ImageLoadOptions { ApplyOrientation = true });
        Assert.Equal(width, image.Width);
        Assert.Equal(pixels, string.Concat(image.Rgb.ToArray().Where((_, i) => i % 3 == 0)));
        Assert.Equal(2, Image.Decode(file).Width);
        Assert.Equal(width, Image.FromDataUri("data:;base64," + Convert.ToBase64String(file)).Width);
    }

    [Fact]
    public void Decode_OfGray16_ClipsOrShifts()
    {
        byte[] raw = [0, 0x00, 0x07, 0x12, 0x34];
        byte[] file = PngBuilder.File(PngBuilder.Header(2, 1, 16, 0), PngBuilder.Chunk("IDAT", PngBuilder.Deflate(raw)));
        Assert.Equal([7, 7, 7, 255, 255, 255], Image.Decode(file).Rgb.ToArray());
        Assert.Equal([0, 0, 0, 0x12, 0x12, 0x12], Image.Decode(file, new ImageLoadOptions { Gray16 = Gray16Conversion.Shift }).Rgb.ToArray());
    }

    [Fact]
    public void Decode_AboveMaxPixels_IsRefused()
    {
        byte[] file = GoldenPictures.Read("jpeg/s444.jpg");
        var error = Assert.Throws<ImageFormatException>(() => Image.Decode(file, new ImageLoadOptions { MaxPixels = 100 }));
        Assert.Contains("100", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(37, 5)]
    [InlineData(64, 201)]
    public void SavePng_ThenDecode_GivesTheSameSamples(int width, int height)
    {
        var random = new Random(width);
        var rgb = new byte[3 * width * height];
        random.NextBytes(rgb);
        using var file = new MemoryStream();
        new Image(width, height, rgb).SavePng(file);
        Assert.Equal(rgb, Image.Decode(file.ToArray()).Rgb);
    }
}
