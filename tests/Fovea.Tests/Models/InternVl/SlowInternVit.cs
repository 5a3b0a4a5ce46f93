using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Tests.Models.InternVl;

/// <summary>InternViT of the original layout in double precision, a loop for every sum.</summary>
internal sealed class SlowInternVit(Dictionary<string, Tensor> weights, JsonObject config)
{
    private readonly int _width = (int)config["vision_config"]!["hidden_size"]!;
    private readonly int _heads = (int)config["vision_config"]!["num_attention_heads"]!;
    private readonly int _patch = (int)config["vision_config"]!["patch_size"]!;
    private readonly int _table = (int)config["vision_config"]!["image_size"]! / (int)config["vision_config"]!["patch_size"]!;
    private readonly bool _rms = (string?)config["vision_config"]!["norm_type"] == "rms_norm";
    private readonly double _eps = (double)config["vision_config"]!["layer_norm_eps"]!;

    /// <summary>The stream behind some blocks: [1 + patches][width].</summary>
    /// <param name="pixels">[channels, side, side].</param>
    /// <param name="side">Pixels per side.</param>
    /// <param name="blocks">How many blocks.</param>
    public double[][] Run(float[] pixels, int side, int blocks)
    {
        double[][] x = Embed(pixels, side);
        for (int i = 0; i < blocks; i++)
        {
            string block = $"vision_model.encoder.layers.{i}.";
            x = Add(x, Attention(Norm(x, block + "norm1"), block + "attn."), Vector(block + "ls1"));
            double[][] inner = Linear(Norm(x, block + "norm2"), block + "mlp.fc1");
            inner = [.. inner.Select(row => Array.ConvertAll(row, Gelu))];
            x = Add(x, Linear(inner, block + "mlp.fc2"), Vector(block + "ls2"));
        }

        return x;
    }

    private double[][] Embed(float[] pixels, int side)
    {
        int grid = side / _patch;
        double[] kernel = Vector("vision_model.embeddings.patch_embedding.weight"), bias = Vector("vision_model.embeddings.patch_embedding.bias");
        float[] table = weights["vision_model.embeddings.position_embedding"].AsSpan<float>().ToArray();
        float[] places = BicubicInterpolation.Resize(table.AsSpan(_width), new ImageSize(_table, _table), _width, new ImageSize(grid, grid));
        var rows = new List<double[]> { Vector("vision_model.embeddings.class_embedding").Zip(table, (a, b) => a + b).ToArray() };
        for (int place = 0; place < grid * grid; place++)
        {
            var row = new double[_width];
            for (int output = 0; output < _width; output++)
            {
                row[output] = bias[output] + places[(place * _width) + output];
                for (int k = 0; k < 3 * _patch * _patch; k++)
                {
                    int channel = k / (_patch * _patch), y = (place / grid * _patch) + (k / _patch % _patch), column = (place % grid * _patch) + (k % _patch);
                    row[output] += kernel[(output * 3 * _patch * _patch) + k] * pixels[(((channel * side) + y) * side) + column];
                }
            }

            rows.Add(row);
        }

        return [.. rows];
    }

    private double[][] Attention(double[][] x, string name)
    {
        double[][] fused = Linear(x, name + "qkv");
        double[][] Part(int part) => [.. fused.Select(row => row[(part * _width)..((part + 1) * _width)])];
        double[][] q = Part(0), k = Part(1), v = Part(2);
        if (weights.ContainsKey(name + "q_norm.weight"))
        {
            (q, k) = (Rms(q, name + "q_norm.weight"), Rms(k, name + "k_norm.weight"));
        }

        int size = _width / _heads;
        double[][] mixed = [.. x.Select(_ => new double[_width])];
        for (int head = 0; head < _heads; head++)
        {
            for (int query = 0; query < x.Length; query++)
            {
                double[] scores = [.. k.Select(key => Enumerable.Range(head * size, size).Sum(c => q[query][c] * key[c]) / Math.Sqrt(size))];
                double most = scores.Max(), total = scores.Sum(score => Math.Exp(score - most));
                for (int c = head * size; c < (head + 1) * size; c++)
                {
                    mixed[query][c] = scores.Select((score, key) => Math.Exp(score - most) / total * v[key][c]).Sum();
                }
            }
        }

        return Linear(mixed, name + "proj");
    }

    private double[][] Norm(double[][] x, string name)
    {
        if (_rms)
        {
            return Rms(x, name + ".weight");
        }

        double[] weight = Vector(name + ".weight"), bias = Vector(name + ".bias");
        return [.. x.Select(row =>
        {
            double mean = row.Average(), deviation = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + _eps);
            return row.Select((value, c) => ((value - mean) / deviation * weight[c]) + bias[c]).ToArray();
        })];
    }

    private double[][] Rms(double[][] x, string name)
    {
        double[] weight = Vector(name);
        return [.. x.Select(row =>
        {
            double root = Math.Sqrt(row.Average(value => value * value) + _eps);
            return row.Select((value, c) => value / root * weight[c]).ToArray();
        })];
    }

    private double[][] Linear(double[][] x, string name)
    {
        double[] weight = Vector(name + ".weight");
        double[]? bias = weights.ContainsKey(name + ".bias") ? Vector(name + ".bias") : null;
        int inputs = x[0].Length;
        return [.. x.Select(row => Enumerable.Range(0, weight.Length / inputs)
            .Select(output => (bias?[output] ?? 0) + row.Select((value, c) => value * weight[(output * inputs) + c]).Sum()).ToArray())];
    }

    private static double[][] Add(double[][] x, double[][] update, double[] scale) =>
        [.. x.Select((row, i) => row.Select((value, c) => value + (scale[c] * update[i][c])).ToArray())];

    private double[] Vector(string name) => Array.ConvertAll(weights[name].AsSpan<float>().ToArray(), value => (double)value);

    /// <summary>x Φ(x), with the error function by its series, which is exact enough for the numbers that occur.</summary>
    private static double Gelu(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2), term = z, sum = z;
        for (int n = 1; n < 200; n++)
        {
            term *= -z * z / n;
            sum += term / ((2 * n) + 1);
        }

        double erf = z > 5 ? 1 : 2 / Math.Sqrt(Math.PI) * sum;
        return 0.5 * x * (1 + (x < 0 ? -erf : erf));
    }
}
