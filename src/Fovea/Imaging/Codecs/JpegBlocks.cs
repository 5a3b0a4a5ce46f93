namespace Fovea.Imaging.Codecs;

/// <summary>Decodes single blocks: sequential (ITU-T T.81, F.2.2) and the four kinds of progressive scans (G.1.2 and G.2).</summary>
internal static class JpegBlocks
{
    /// <summary>Decodes a whole block into <paramref name="block"/>, which is zero, and returns the place in zigzag order of the last coefficient.</summary>
    public static int Sequential(ref JpegBitReader reader, JpegComponent component, JpegHuffmanTable dc, JpegHuffmanTable ac, scoped Span<short> block)
    {
        component.Prediction += reader.ReadSigned(dc.Decode(ref reader));
        block[0] = (short)component.Prediction;
        int last = 0;
        for (int k = 1; k < 64; k++)
        {
            if (ac.TryDecodeNumber(ref reader, out int zeros, out int number))
            {
                k += zeros;
                if (k < 64)
                {
                    block[JpegTables.ZigZag[k]] = (short)number;
                    last = k;
                }

                continue;
            }

            int symbol = ac.Decode(ref reader);
            int bits = symbol & 15;
            k += symbol >> 4;
            if (bits != 0)
            {
                int value = reader.ReadSigned(bits);
                if (k < 64)
                {
                    block[JpegTables.ZigZag[k]] = (short)value;
                    last = k;
                }
            }
            else if (symbol != 0xF0)
            {
                break;
            }
        }

        return last;
    }

    /// <summary>The first bits of a DC value.</summary>
    public static void DcFirst(ref JpegBitReader reader, JpegComponent component, JpegHuffmanTable dc, int shift, Span<short> block)
    {
        component.Prediction += reader.ReadSigned(dc.Decode(ref reader));
        block[0] = (short)(component.Prediction << shift);
    }

    /// <summary>One more bit of a DC value.</summary>
    public static void DcRefine(ref JpegBitReader reader, int shift, Span<short> block)
    {
        if (reader.Read(1) != 0)
        {
            block[0] |= (short)(1 << shift);
        }
    }

    /// <summary>The first bits of AC values.</summary>
    /// <param name="reader">The data.</param>
    /// <param name="scan">Which coefficients.</param>
    /// <param name="ac">The code.</param>
    /// <param name="endRun">Blocks that still are to be skipped because their coefficients are all zero.</param>
    /// <param name="block">The block.</param>
    public static void AcFirst(ref JpegBitReader reader, JpegScanHeader scan, JpegHuffmanTable ac, ref int endRun, Span<short> block)
    {
        if (endRun > 0)
        {
            endRun--;
            return;
        }

        for (int k = scan.First; k <= scan.Last; k++)
        {
            if (ac.TryDecodeNumber(ref reader, out int zeros, out int number))
            {
                k += zeros;
                if (k < 64)
                {
                    block[JpegTables.ZigZag[k]] = (short)(number << scan.Shift);
                }

                continue;
            }

            int symbol = ac.Decode(ref reader);
            int run = symbol >> 4, bits = symbol & 15;
            if (bits != 0)
            {
                k += run;
                int value = reader.ReadSigned(bits);
                if (k < 64)
                {
                    block[JpegTables.ZigZag[k]] = (short)(value << scan.Shift);
                }
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                endRun = (1 << run) + reader.Read(run) - 1;
                break;
            }
        }
    }

    /// <summary>One more bit of AC values, and values that were zero so far.</summary>
    public static void AcRefine(ref JpegBitReader reader, JpegScanHeader scan, JpegHuffmanTable ac, ref int endRun, Span<short> block)
    {
        int k = scan.First;
        int bit = 1 << scan.Shift;
        while (endRun == 0 && k <= scan.Last)
        {
            int symbol = ac.Decode(ref reader);
            int zeros = symbol >> 4, value = 0;
            if ((symbol & 15) != 0)
            {
                value = reader.Read(1) != 0 ? bit : -bit;
            }
            else if (zeros < 15)
            {
                endRun = (1 << zeros) + reader.Read(zeros);
                break;
            }

            k = RefineUntilZero(ref reader, scan.Last, k, zeros, bit, block);
            if (value != 0 && k <= scan.Last)
            {
                block[JpegTables.ZigZag[k]] = (short)value;
            }

            k++;
        }

        if (endRun > 0)
        {
            _ = RefineUntilZero(ref reader, scan.Last, k, int.MaxValue, bit, block);
            endRun--;
        }
    }

    /// <summary>Passes <paramref name="zeros"/> coefficients that are zero, refines the others on the way, and stops at the next zero.</summary>
    private static int RefineUntilZero(ref JpegBitReader reader, int last, int k, int zeros, int bit, Span<short> block)
    {
        for (; k <= last; k++)
        {
            ref short coefficient = ref block[JpegTables.ZigZag[k]];
            if (coefficient == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (reader.Read(1) != 0 && (coefficient & bit) == 0)
            {
                coefficient += (short)(coefficient > 0 ? bit : -bit);
            }
        }

        return k;
    }
}
