using Fovea.Tensors;

namespace Fovea.Nn;

/// <summary>
/// Tables of cosines and sines for rotary embedding by half rotation (arXiv 2104.09864; scalings: linear, dynamic NTK, Llama 3, YaRN arXiv 2309.00071).
/// Angle i of position p is p · f_i in f32. Stateless: "dynamic" looks at this forward pass alone, unlike the reference, which remembers earlier requests.
/// </summary>
public sealed class RotaryEmbedding
{
    private readonly float[] _frequencies;
    private readonly float _attentionFactor;
    private readonly RopeScaling? _scaling;
    private readonly double _theta;
    private readonly int _headSize;
    private readonly int _maxPositions;
    private readonly IReadOnlyList<int> _axes;

    /// <summary>Creates the tables' generator.</summary>
    /// <param name="headSize">d, even.</param>
    /// <param name="theta">Base of the frequencies θ^(−2i/d).</param>
    /// <param name="maxPositions">max_position_embeddings, which some scalings refer to.</param>
    /// <param name="scaling">Stretching, or none.</param>
    /// <param name="axes">For each frequency the axis that drives it (0 temporal, 1 height, 2 width); none = all temporal.</param>
    /// <exception cref="NotSupportedException">An unknown kind of scaling.</exception>
    public RotaryEmbedding(int headSize, double theta, int maxPositions, RopeScaling? scaling, IReadOnlyList<int>? axes = null)
    {
        _axes = axes ?? [];
        _headSize = headSize;
        _theta = theta;
        _maxPositions = maxPositions;
        _scaling = scaling;
        _frequencies = Frequencies(theta);
        _attentionFactor = 1;
        switch (scaling?.RopeType)
        {
            case null or "default" or "dynamic":
                break;
            case "linear":
                ScaleLinear(scaling);
                break;
            case "llama3":
                ScaleLlama3(scaling);
                break;
            case "yarn":
                _attentionFactor = ScaleYarn(scaling);
                break;
            default:
                throw new NotSupportedException($"rope_scaling of type '{scaling.RopeType}' is unknown; known are linear, dynamic, llama3 and yarn.");
        }
    }

    /// <summary>Half the head size: the length of a table row.</summary>
    public int Half => _headSize / 2;

    /// <summary>Writes cos and sin of every position, the attention factor multiplied in.</summary>
    /// <param name="positions">One position per row.</param>
    /// <param name="cos">[at least rows, d/2].</param>
    /// <param name="sin">[at least rows, d/2].</param>
    /// <param name="firstRow">Where to begin in the tables.</param>
    public void Fill(ReadOnlySpan<TokenPosition> positions, Tensor cos, Tensor sin, int firstRow)
    {
        var frequencies = _frequencies;
        if (_scaling?.RopeType == "dynamic" && positions.Length > 0 && positions[^1].Temporal + 1 > _maxPositions)
        {
            frequencies = DynamicFrequencies(_scaling.Factor, positions[^1].Temporal + 1);
        }

        for (int row = 0; row < positions.Length; row++)
        {
            var c = cos.Row<float>(firstRow + row);
            var s = sin.Row<float>(firstRow + row);
            for (int i = 0; i < frequencies.Length; i++)
            {
                int position = _axes.Count == 0 || _axes[i] == 0 ? positions[row].Temporal : _axes[i] == 1 ? positions[row].Height : positions[row].Width;
                (float sine, float cosine) = MathF.SinCos(position * frequencies[i]);
                c[i] = cosine * _attentionFactor;
                s[i] = sine * _attentionFactor;
            }
        }
    }

    private float[] Frequencies(double theta)
    {
        var frequencies = new float[Half];
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = 1 / MathF.Pow((float)theta, 2f * i / _headSize);
        }

        return frequencies;
    }

    private float[] DynamicFrequencies(double factor, int length)
    {
        double stretch = (factor * length / _maxPositions) - (factor - 1);
        return Frequencies(_theta * Math.Pow(stretch, _headSize / (_headSize - 2.0)));
    }

    private void ScaleLinear(RopeScaling scaling)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            _frequencies[i] /= (float)scaling.Factor;
        }
    }

    private void ScaleLlama3(RopeScaling scaling)
    {
        double original = scaling.OriginalMaxPositionEmbeddings ?? _maxPositions;
        for (int i = 0; i < _frequencies.Length; i++)
        {
            double frequency = _frequencies[i], wavelength = 2 * Math.PI / frequency;
            if (wavelength > original / scaling.LowFreqFactor)
            {
                _frequencies[i] = (float)(frequency / scaling.Factor);
            }
            else if (wavelength >= original / scaling.HighFreqFactor)
            {
                double smooth = ((original / wavelength) - scaling.LowFreqFactor) / (scaling.HighFreqFactor - scaling.LowFreqFactor);
                _frequencies[i] = (float)(((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency));
            }
        }
    }

    private float ScaleYarn(RopeScaling scaling)
    {
        double original = scaling.OriginalMaxPositionEmbeddings ?? _maxPositions;
        double Dimension(double rotations) => _headSize * Math.Log(original / (2 * Math.PI * rotations)) / (2 * Math.Log(_theta));
        double low = Dimension(scaling.BetaFast), high = Dimension(scaling.BetaSlow);
        if (scaling.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, _headSize - 1);
        high = low == high ? high + 0.001 : high;
        for (int i = 0; i < _frequencies.Length; i++)
        {
            double ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            _frequencies[i] = (float)((_frequencies[i] * (1 - ramp)) + (_frequencies[i] / scaling.Factor * ramp));
        }

        static double Gain(double factor, double scale) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;
        double derived = scaling is { Mscale: { } mscale, MscaleAllDim: { } all }
            ? Gain(scaling.Factor, mscale) / Gain(scaling.Factor, all)
            : Gain(scaling.Factor, 1);
        return (float)(scaling.AttentionFactor ?? derived);
    }
}
