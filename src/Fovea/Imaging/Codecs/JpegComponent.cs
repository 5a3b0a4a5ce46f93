namespace Fovea.Imaging.Codecs;

/// <summary>One colour component of a JPEG frame: its geometry, its tables, and what has been decoded of it.</summary>
internal sealed class JpegComponent
{
    public required int Id { get; init; }

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public required int H { get; init; }

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public required int V { get; init; }

    public required int QuantisationId { get; init; }

    /// <summary>The true size in samples: what is left of the plane when block padding is cut off.</summary>
    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The blocks that hold true samples: those of a scan with this component alone.</summary>
    public int BlocksWide => (Width + 7) / 8;

    public int BlocksHigh => (Height + 7) / 8;

    /// <summary>The blocks of a row with the padding of interleaved scans.</summary>
    public int BlockStride { get; private set; }

    /// <summary>Bytes of a row of <see cref="Plane"/>.</summary>
    public int Stride => 8 * BlockStride;

    /// <summary>[rows, <see cref="Stride"/>], whole blocks.</summary>
    public byte[] Plane { get; private set; } = [];

    /// <summary>64 coefficients a block in row order of the block; empty in sequential frames, whose blocks are transformed at once.</summary>
    public short[] Coefficients { get; private set; } = [];

    /// <summary>The quantisation table in force at the first scan, in row order of the block; empty before it.</summary>
    public int[] Quantisation { get; set; } = [];

    public JpegHuffmanTable? DcTable { get; set; }

    public JpegHuffmanTable? AcTable { get; set; }

    /// <summary>The last DC value, of which the next is a difference.</summary>
    public int Prediction { get; set; }

    /// <summary>Computes the geometry inside a frame.</summary>
    public void Measure(int frameWidth, int frameHeight, int maxH, int maxV)
    {
        Width = (int)((((long)frameWidth * H) + maxH - 1) / maxH);
        Height = (int)((((long)frameHeight * V) + maxV - 1) / maxV);
    }

    /// <summary>The number of blocks with the padding of interleaved scans.</summary>
    public long PaddedBlocks(int mcusWide, int mcusHigh) => (long)mcusWide * H * mcusHigh * V;

    /// <summary>Allocates the plane, gray where nothing will be decoded, and the coefficients of a progressive frame.</summary>
    public void Allocate(int mcusWide, int mcusHigh, bool progressive)
    {
        BlockStride = mcusWide * H;
        int samples = 64 * (int)PaddedBlocks(mcusWide, mcusHigh);
        Plane = new byte[samples];
        Array.Fill(Plane, (byte)128);
        if (progressive)
        {
            Coefficients = new short[samples];
        }
    }

    /// <summary>The coefficients of a block of a progressive frame.</summary>
    public Span<short> Block(int row, int column) => Coefficients.AsSpan(64 * ((row * BlockStride) + column), 64);

    /// <summary>The samples from the first one of a block on.</summary>
    public Span<byte> Samples(int row, int column) => Plane.AsSpan(8 * ((row * Stride) + column));
}
