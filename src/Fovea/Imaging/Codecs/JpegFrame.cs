using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>The frame header of a JPEG file (SOF0, SOF1 or SOF2) and the geometry that follows from it.</summary>
internal sealed class JpegFrame
{
    private JpegFrame(int width, int height, bool progressive, JpegComponent[] components)
    {
        Width = width;
        Height = height;
        Progressive = progressive;
        Components = components;
        MaxH = components.Max(c => c.H);
        MaxV = components.Max(c => c.V);
        McusWide = (width + (8 * MaxH) - 1) / (8 * MaxH);
        McusHigh = (height + (8 * MaxV) - 1) / (8 * MaxV);
    }

    public int Width { get; }

    public int Height { get; }

    public bool Progressive { get; }

    public JpegComponent[] Components { get; }

    public int MaxH { get; }

    public int MaxV { get; }

    /// <summary>The minimum coded units of a row of an interleaved scan.</summary>
    public int McusWide { get; }

    public int McusHigh { get; }

    /// <summary>Whether every component had a scan.</summary>
    public bool IsComplete => Array.TrueForAll(Components, c => c.Quantisation.Length > 0);

    /// <summary>Parses the header and allocates the planes.</summary>
    /// <param name="input">The file.</param>
    /// <param name="segment">The header behind its length.</param>
    /// <param name="progressive">Whether the marker was SOF2.</param>
    /// <param name="bytesLeft">The bytes behind the header, which must be enough for the declared size.</param>
    public static JpegFrame Parse(in ImageInput input, ReadOnlySpan<byte> segment, bool progressive, int bytesLeft)
    {
        if (segment.Length < 6 || segment.Length != 6 + (3 * segment[5]))
        {
            throw input.Error("JPEG: the frame header has a wrong length");
        }

        if (segment[0] != 8)
        {
            throw input.Error($"JPEG: samples of {segment[0]} bits are not supported, only of 8");
        }

        if (segment[5] is not (1 or 3 or 4))
        {
            throw input.Error($"JPEG: {segment[5]} components are not supported, only 1, 3 or 4");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        input.CheckSize("JPEG", width, height);
        var frame = new JpegFrame(width, height, progressive, ParseComponents(input, segment[6..]));
        frame.Allocate(input, bytesLeft);
        return frame;
    }

    private static JpegComponent[] ParseComponents(in ImageInput input, ReadOnlySpan<byte> entries)
    {
        var components = new JpegComponent[entries.Length / 3];
        for (int i = 0; i < components.Length; i++)
        {
            var entry = entries.Slice(3 * i, 3);
            int h = entry[1] >> 4, v = entry[1] & 15;
            if (h is < 1 or > 4 || v is < 1 or > 4)
            {
                throw input.Error($"JPEG: component {entry[0]} has the sampling factors {h} x {v}; 1 to 4 are defined");
            }

            // The sampling factors of a single component mean nothing: its scans are never interleaved.
            bool alone = components.Length == 1;
            components[i] = new JpegComponent { Id = entry[0], H = alone ? 1 : h, V = alone ? 1 : v, QuantisationId = entry[2] };
        }

        return components;
    }

    private void Allocate(in ImageInput input, int bytesLeft)
    {
        long blocks = 0, largest = 0;
        foreach (var component in Components)
        {
            if (MaxH % component.H != 0 || MaxV % component.V != 0)
            {
                throw input.Error($"JPEG: sampling factors {component.H} x {component.V} beside {MaxH} x {MaxV} are not supported");
            }

            component.Measure(Width, Height, MaxH, MaxV);
            blocks += (long)component.BlocksWide * component.BlocksHigh;
            largest = Math.Max(largest, component.PaddedBlocks(McusWide, McusHigh));
        }

        // A block takes at least one bit for its DC value and, in a sequential frame, one for its end.
        long fewestBytes = blocks * (Progressive ? 1 : 2) / 8;
        if (bytesLeft < fewestBytes)
        {
            throw input.Error($"JPEG: {bytesLeft} bytes are too few for {Width} x {Height} pixels");
        }

        if (largest > Array.MaxLength / 64)
        {
            throw input.Error($"JPEG: {Width} x {Height} pixels in units of {8 * MaxH} x {8 * MaxV} are too large");
        }

        foreach (var component in Components)
        {
            component.Allocate(McusWide, McusHigh, Progressive);
        }
    }
}
