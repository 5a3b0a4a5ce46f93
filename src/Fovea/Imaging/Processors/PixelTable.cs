namespace Fovea.Imaging.Processors;

/// <summary>
/// The float32 number of each 8-bit sample in each channel: a table of 3 x 256, since a number depends on nothing else. The order and width of the
/// operations are those of
/// transformers 4.57, so that the numbers are the same to the last bit.
/// </summary>
internal sealed class PixelTable
{
    private readonly float[][] _values = new float[3][];

    public PixelTable(PixelSettings settings)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            _values[channel] = new float[256];
            for (int sample = 0; sample < 256; sample++)
            {
                _values[channel][sample] = settings.Variant == ProcessorVariant.Fast ? Fast(settings, channel, sample) : Slow(settings, channel, sample);
            }
        }
    }

    /// <summary>The numbers of a channel by sample.</summary>
    public ReadOnlySpan<float> Channel(int channel) => _values[channel];

    /// <summary>Writes a picture as [3, height, width].</summary>
    public void Write(Image image, Span<float> planes)
    {
        int area = image.Width * image.Height;
        var rgb = image.Rgb;
        for (int channel = 0; channel < 3; channel++)
        {
            var values = _values[channel].AsSpan();
            var plane = planes.Slice(channel * area, area);
            for (int i = 0, from = channel; i < plane.Length; i++, from += 3)
            {
                plane[i] = values[rgb[from]];
            }
        }
    }

    /// <summary>Turns numbers of a channel back into samples, the nearest where a number belongs to none; 0 where the processor makes all samples the same number.</summary>
    /// <param name="numbers">A row of numbers.</param>
    /// <param name="channel">Their channel.</param>
    /// <param name="samples">Every third is written.</param>
    public void Read(ReadOnlySpan<float> numbers, int channel, Span<byte> samples)
    {
        double first = _values[channel][0], range = _values[channel][255] - first;
        for (int i = 0; i < numbers.Length; i++)
        {
            samples[3 * i] = range == 0 ? (byte)0 : (byte)Math.Clamp(Math.Round((numbers[i] - first) * 255 / range), 0, 255);
        }
    }

    private static float Slow(PixelSettings settings, int channel, int sample)
    {
        float value = settings.Rescales ? (float)(sample * settings.RescaleFactor) : sample;
        return settings.Normalises ? (value - (float)settings.Mean[channel]) / (float)settings.Deviation[channel] : value;
    }

    private static float Fast(PixelSettings settings, int channel, int sample)
    {
        if (!settings.Normalises)
        {
            return settings.Rescales ? sample * (float)settings.RescaleFactor : sample;
        }

        float scale = settings.Rescales ? (float)(1 / settings.RescaleFactor) : 1;
        return (sample - ((float)settings.Mean[channel] * scale)) / ((float)settings.Deviation[channel] * scale);
    }
}
