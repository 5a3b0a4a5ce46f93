using System.Numerics.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Generation;

/// <summary>
/// Chooses tokens of one sequence: repetition penalty, temperature, top-k, min-p, top-p, draw, in this order. The same seed gives the same choices
/// whatever else runs. Allocates nothing once its buffers have the size of the vocabulary.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly HashSet<int> _seen = [];
    private SplitMix64 _random;
    private float[] _logits = [];
    private int[] _order = [];

    /// <summary>Creates a sampler.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Sampler(SamplingOptions options)
    {
        options.Validate();
        _options = options;
        _random = new SplitMix64(options.Seed);
    }

    /// <summary>Tells the sampler of a token that the repetition penalty counts.</summary>
    public void Accept(int token)
    {
        if (_options.RepetitionPenalty != 1)
        {
            _seen.Add(token);
        }
    }

    /// <summary>The next token.</summary>
    /// <param name="logits">[vocabulary]; unchanged.</param>
    public int Next(ReadOnlySpan<float> logits)
    {
        if (_options.Temperature == 0 && _seen.Count == 0)
        {
            return TensorPrimitives.IndexOfMax(logits);
        }

        if (_logits.Length != logits.Length)
        {
            _logits = new float[logits.Length];
            _order = new int[logits.Length];
        }

        logits.CopyTo(_logits);
        foreach (int token in _seen)
        {
            _logits[token] = (float)(_logits[token] > 0 ? _logits[token] / _options.RepetitionPenalty : _logits[token] * _options.RepetitionPenalty);
        }

        return _options.Temperature == 0 ? TensorPrimitives.IndexOfMax<float>(_logits) : Draw();
    }

    private int Draw()
    {
        float max = TensorPrimitives.Max<float>(_logits);
        int count = 0;
        float floor = _options.MinP > 0 ? max + (float)(Math.Log(_options.MinP) * _options.Temperature) : float.NegativeInfinity;
        for (int token = 0; token < _logits.Length; token++)
        {
            if (_logits[token] >= floor)
            {
                _order[count++] = token;
            }
        }

        if (_options.TopK > 0 || _options.TopP < 1)
        {
            _order.AsSpan(0, count).Sort((a, b) => _logits[a] != _logits[b] ? _logits[b].CompareTo(_logits[a]) : a.CompareTo(b));
            count = _options.TopK > 0 ? Math.Min(count, _options.TopK) : count;
        }

        double total = 0;
        for (int i = 0; i < count; i++)
        {
            total += Weight(i, max);
        }

        double nucleus = total;
        if (_options.TopP < 1)
        {
            nucleus = 0;
            int taken = 0;
            while (taken < count && nucleus < _options.TopP * total)
            {
                nucleus += Weight(taken++, max);
            }

            count = Math.Max(taken, 1);
        }

        double target = _random.NextDouble() * nucleus;
        for (int i = 0; i < count - 1; i++)
        {
            target -= Weight(i, max);
            if (target < 0)
            {
                return _order[i];
            }
        }

        return _order[count - 1];
    }

    private double Weight(int place, float max) => Math.Exp((_logits[_order[place]] - max) / _options.Temperature);
}
