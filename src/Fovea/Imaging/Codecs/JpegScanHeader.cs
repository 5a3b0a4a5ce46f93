namespace Fovea.Imaging.Codecs;

/// <summary>SOS of a JPEG file: which components a scan holds, and for a progressive one which coefficients and which of their bits.</summary>
internal sealed class JpegScanHeader
{
    private const int MaxBlocksInUnit = 10;

    private JpegScanHeader(JpegComponent[] components) => Components = components;

    public JpegComponent[] Components { get; }

    /// <summary>The first coefficient in zigzag order.</summary>
    public int First { get; private init; }

    /// <summary>The last coefficient.</summary>
    public int Last { get; private init; }

    /// <summary>Whether the scan adds one bit to coefficients that an earlier one has sent.</summary>
    public bool Refines { get; private init; }

    /// <summary>The lowest bit that the scan sends.</summary>
    public int Shift { get; private init; }

    public static JpegScanHeader Parse(in ImageInput input, ReadOnlySpan<byte> segment, JpegFrame frame, JpegTables tables)
    {
        int count = segment.IsEmpty ? 0 : segment[0];
        if (count is < 1 or > 4 || segment.Length != 4 + (2 * count))
        {
            throw input.Error("JPEG: the scan header has a wrong length");
        }

        var components = new JpegComponent[count];
        var selectors = segment.Slice(1, 2 * count);
        for (int i = 0; i < count; i++)
        {
            int id = selectors[2 * i];
            components[i] = Array.Find(frame.Components, c => c.Id == id && Array.IndexOf(components, c) < 0)
                ?? throw input.Error($"JPEG: a scan names component {id}, which the frame does not have");
            components[i].DcTable = tables.Dc(selectors[(2 * i) + 1] >> 4);
            components[i].AcTable = tables.Ac(selectors[(2 * i) + 1] & 15);
        }

        var rest = segment[(1 + (2 * count))..];
        var header = frame.Progressive
            ? new JpegScanHeader(components) { First = rest[0], Last = rest[1], Refines = rest[2] >> 4 != 0, Shift = rest[2] & 15 }
            : new JpegScanHeader(components) { First = 0, Last = 63 };
        header.CheckProgression(input, frame, rest[2] >> 4);
        header.CheckTables(input, frame);
        return header;
    }

    private void CheckProgression(in ImageInput input, JpegFrame frame, int previousShift)
    {
        bool valid = First == 0 ? Last == 0 : Last >= First && Last < 64 && Components.Length == 1;
        if (frame.Progressive && !(valid && Shift <= 13 && (!Refines || previousShift == Shift + 1)))
        {
            throw input.Error($"JPEG: no scan may hold coefficients {First} to {Last}, bits {previousShift} to {Shift}, of {Components.Length} components");
        }

        if (Components.Length > 1 && Components.Sum(c => c.H * c.V) > MaxBlocksInUnit)
        {
            throw input.Error($"JPEG: a scan interleaves more than {MaxBlocksInUnit} blocks");
        }
    }

    private void CheckTables(in ImageInput input, JpegFrame frame)
    {
        bool needsDc = !frame.Progressive || (First == 0 && !Refines);
        bool needsAc = !frame.Progressive || First > 0;
        foreach (var component in Components)
        {
            if ((needsDc && component.DcTable is null) || (needsAc && component.AcTable is null))
            {
                throw input.Error($"JPEG: a scan of component {component.Id} names a Huffman table that is not defined");
            }

            // A category of more than 15 bits does not exist.
            if (needsDc && component.DcTable?.LargestSymbol > 15)
            {
                throw input.Error($"JPEG: the Huffman table for DC values of component {component.Id} has the symbol {component.DcTable.LargestSymbol}");
            }
        }
    }
}
