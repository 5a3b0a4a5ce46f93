namespace Fovea.Imaging.Codecs;

/// <summary>Turns the decoded components of a JPEG frame into RGB.</summary>
internal static class JpegOutput
{
    public static Image Render(JpegFrame frame, JpegColorSpace space)
    {
        if (frame.Progressive)
        {
            foreach (var component in frame.Components)
            {
                TransformBlocks(component);
            }
        }

        var planes = Array.ConvertAll(frame.Components, component => new ChromaUpsampler(frame, component));
        var rgb = new byte[3 * frame.Width * frame.Height];
        for (int y = 0; y < frame.Height; y++)
        {
            var row = rgb.AsSpan(3 * frame.Width * y, 3 * frame.Width);
            switch (space)
            {
                case JpegColorSpace.Gray:
                    SampleRows.Gray(planes[0].Row(y), 1, row);
                    break;
                case JpegColorSpace.Rgb:
                    JpegColor.Interleave(planes[0].Row(y), planes[1].Row(y), planes[2].Row(y), row);
                    break;
                case JpegColorSpace.YCbCr:
                    JpegColor.YCbCr(planes[0].Row(y), planes[1].Row(y), planes[2].Row(y), row);
                    break;
                case JpegColorSpace.Ycck:
                    JpegColor.YCbCr(planes[0].Row(y), planes[1].Row(y), planes[2].Row(y), row);
                    JpegColor.Blacken(planes[3].Row(y), row);
                    break;
                default:
                    JpegColor.Interleave(planes[0].Row(y), planes[1].Row(y), planes[2].Row(y), row);
                    JpegColor.Invert(row);
                    JpegColor.Blacken(planes[3].Row(y), row);
                    break;
            }
        }

        return new Image(frame.Width, frame.Height, rgb);
    }

    private static void TransformBlocks(JpegComponent component)
    {
        for (int row = 0; row < component.BlocksHigh; row++)
        {
            for (int column = 0; column < component.BlocksWide; column++)
            {
                var block = component.Block(row, column);
                int last = block[1..].IndexOfAnyExcept((short)0) < 0 ? 0 : 63;
                InverseDct.Transform(block, last, component.Quantisation, component.Samples(row, column), component.Stride);
            }
        }
    }
}
