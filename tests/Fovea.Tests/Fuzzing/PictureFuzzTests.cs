using Fovea.Imaging;
using Fovea.Tests.Imaging;

namespace Fovea.Tests.Fuzzing;

[Trait("kind", "property")]
public sealed class PictureFuzzTests
{
    private const long MaxPixels = 1 << 17;

    // Bytes allocated: of what the header declares, limited by MaxPixels; of the input, whose most compact form is a progressive JPEG block in an eighth of a byte; and for tables.
    private const long BytesAPixel = 24;
    private const long BytesAnInputByte = 4096;
    private const long BytesOfTables = 1 << 21;

    public static TheoryData<string> Files => new(
        from folder in (string[])["png", "jpeg", "other", "pictures"]
        from path in GoldenPictures.Files(folder)
        select Path.GetRelativePath(Repository.Root, path));

    [Theory]
    [MemberData(nameof(Files))]
    public void Decode_OfMutatedFiles_ThrowsNothingElse(string path)
    {
        var options = new ImageLoadOptions { MaxPixels = MaxPixels, ApplyOrientation = true };
        Mutants.Check<ImageFormatException>(
            Repository.Path(path), 11, 30, length => (BytesAPixel * MaxPixels) + (BytesAnInputByte * length) + BytesOfTables, mutant => _ = Image.Decode(mutant, options));
    }
}
