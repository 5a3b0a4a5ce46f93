using Fovea.Imaging.Codecs;

namespace Fovea.Imaging;

/// <summary>A picture of 8-bit RGB samples. Immutable by contract: nothing in the library writes to the samples after construction.</summary>
public sealed class Image
{
    private readonly byte[] _rgb;

    /// <summary>Takes over a buffer of samples; it is not copied.</summary>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">[height, width, 3], row by row.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side below 1.</exception>
    /// <exception cref="ArgumentException">The buffer does not have exactly 3 bytes a pixel.</exception>
    public Image(int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != 3L * width * height)
        {
            throw new ArgumentException($"{rgb.Length} bytes are not a picture of {width} x {height} pixels with 3 bytes each.", nameof(rgb));
        }

        Width = width;
        Height = height;
        _rgb = rgb;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>The number of rows.</summary>
    public int Height { get; }

    /// <summary>The samples, [height, width, 3].</summary>
    public ReadOnlySpan<byte> Rgb => _rgb;

    /// <summary>
    /// Decodes a file. PNG, JPEG, GIF (first frame), BMP and PPM/PGM/PBM are decoded here, to the same samples as Pillow 13 with libjpeg-turbo;
    /// WebP, AVIF, HEIC, TIFF and JPEG 2000 through <c>ffmpeg</c> if it is on the PATH. The format is known by content, never by name. Alpha is dropped.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How; by default the EXIF orientation is applied.</param>
    /// <exception cref="ImageFormatException">The file is not a picture that can be decoded.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Image Load(string path, ImageLoadOptions? options = null)
    {
        options ??= new ImageLoadOptions();
        if (new FileInfo(path) is { Exists: true, Length: > int.MaxValue / 2 } file)
        {
            throw new ImageFormatException(path, $"{file.Length} bytes are more than a picture may have ({int.MaxValue / 2})");
        }

        return ImageDecoder.Decode(new ImageInput(File.ReadAllBytes(path), path, options), options.ApplyOrientation ?? true);
    }

    /// <summary>Decodes a file that is in memory; see <see cref="Load"/>.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="options">How; by default the picture is taken as stored, without regard to the EXIF orientation.</param>
    /// <exception cref="ImageFormatException">The bytes are not a picture that can be decoded.</exception>
    public static Image Decode(ReadOnlySpan<byte> bytes, ImageLoadOptions? options = null)
    {
        options ??= new ImageLoadOptions();
        return ImageDecoder.Decode(new ImageInput(bytes, "picture", options), options.ApplyOrientation ?? false);
    }

    /// <summary>Decodes <c>data:image/...;base64,...</c> (RFC 2397); the media type is ignored in favour of the content.</summary>
    /// <param name="uri">The URI; white space inside the base64 part is skipped.</param>
    /// <param name="options">How; by default the EXIF orientation is applied.</param>
    /// <exception cref="ImageFormatException">The text is not such a URI, or its bytes are not a picture that can be decoded.</exception>
    public static Image FromDataUri(string uri, ImageLoadOptions? options = null)
    {
        options ??= new ImageLoadOptions();
        const string Name = "data URI";
        int comma = uri.IndexOf(',', StringComparison.Ordinal);
        if (!uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || comma < 0
            || !uri.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            throw new ImageFormatException(Name, "a picture is given as data:image/TYPE;base64,DATA");
        }

        var bytes = new byte[(uri.Length - comma) / 4 * 3 + 3];
        if (!Convert.TryFromBase64Chars(uri.AsSpan(comma + 1), bytes, out int length))
        {
            throw new ImageFormatException(Name, "what follows the comma is not base64");
        }

        return ImageDecoder.Decode(new ImageInput(bytes.AsSpan(0, length), Name, options), options.ApplyOrientation ?? true);
    }

    /// <summary>Writes the picture as PNG, 8-bit RGB; reading it back gives the same samples.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path)
    {
        using var file = File.Create(path);
        SavePng(file);
    }

    /// <summary>Writes the picture as PNG, see <see cref="SavePng(string)"/>.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void SavePng(Stream output) => PngEncoder.Encode(this, output);

    /// <summary>The samples of row <paramref name="y"/>, [width, 3].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(y);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
        return _rgb.AsSpan(y * Width * 3, Width * 3);
    }
}
