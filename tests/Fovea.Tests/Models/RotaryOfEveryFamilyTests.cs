using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Models;

/// <summary>Every kind of rotary scaling on every family, against the formulas in double precision.</summary>
[Trait("kind", "reference")]
public sealed class RotaryOfEveryFamilyTests
{
    private const int Original = 64;

    private static readonly string[] Kinds =
    [
        """{"rope_type": "default"}""",
        """{"type": "linear", "factor": 4.0}""",
        """{"type": "dynamic", "factor": 2.5}""",
        """{"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64}""",
        """{"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}""",
        """{"rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 64, "beta_fast": 8, "beta_slow": 2, "truncate": false, "attention_factor": 0.7}""",
        """{"rope_type": "yarn", "factor": 40.0, "mscale": 0.7, "mscale_all_dim": 1.2}""",
    ];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string folder in TinyModels.Folders)
            {
                foreach (string kind in Kinds)
                {
                    pairs.Add(folder, kind);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Fill_OfEveryKindOfScaling_FollowsTheFormula(string folder, string kind)
    {
        var scaling = JsonNode.Parse(kind)!.AsObject();
        using var compute = new Compute();
        using var model = KnownModels.Load(Repository.Path(folder), compute, TextKeys.Overrides(folder, text =>
        {
            if (text["rope_scaling"]?["mrope_section"] is { } section)
            {
                scaling["mrope_section"] = section.DeepClone();
            }

            text["rope_scaling"] = scaling.DeepClone();
            text["rope_theta"] = 500.0;
            text["max_position_embeddings"] = Original;
        }));
        var config = model.LanguageModel.Config;
        TokenPosition[] positions = [TokenPosition.At(0), TokenPosition.At(1), new(7, 9, 30), TokenPosition.At(200)];
        var cos = Tensor.Allocate(positions.Length, config.HeadDim / 2);
        var sin = Tensor.Allocate(positions.Length, config.HeadDim / 2);
        model.LanguageModel.Rotary.Fill(positions, cos, sin, 0);
        var (frequencies, gain) = Slow(scaling, config.HeadDim, positions[^1].Temporal + 1);
        for (int row = 0; row < positions.Length; row++)
        {
            for (int i = 0; i < frequencies.Length; i++)
            {
                int axis = config.RopeAxes.Count == 0 ? 0 : config.RopeAxes[i];
                double angle = frequencies[i] * (axis == 0 ? positions[row].Temporal : axis == 1 ? positions[row].Height : positions[row].Width);
                Assert.Equal(gain * Math.Cos(angle), cos.Row<float>(row)[i], 1e-4);
                Assert.Equal(gain * Math.Sin(angle), sin.Row<float>(row)[i], 1e-4);
            }
        }
    }

    private static (double[] Frequencies, double Gain) Slow(JsonObject scaling, int size, int length)
    {
        double Number(string key, double missing) => scaling[key] is { } value ? (double)value : missing;
        double theta = 500, factor = Number("factor", 1), gain = 1;
        string kind = (string?)(scaling["rope_type"] ?? scaling["type"]) ?? "";
        if (kind == "dynamic" && length > Original)
        {
            theta *= Math.Pow((factor * length / Original) - (factor - 1), size / (size - 2.0));
        }

        var frequencies = Enumerable.Range(0, size / 2).Select(i => Math.Pow(theta, -2.0 * i / size)).ToArray();
        if (kind == "linear")
        {
            return ([.. frequencies.Select(frequency => frequency / factor)], 1);
        }

        if (kind == "llama3")
        {
            double low = Number("low_freq_factor", 0), high = Number("high_freq_factor", 0);
            return ([.. frequencies.Select(frequency =>
            {
                double wavelength = 2 * Math.PI / frequency, share = ((Original / wavelength) - low) / (high - low);
                return wavelength < Original / high ? frequency : wavelength > Original / low ? frequency / factor : ((1 - share) * frequency / factor) + (share * frequency);
            })], 1);
        }

        if (kind == "yarn")
        {
            double Dimension(double rotations) => size * Math.Log(Original / (2 * Math.PI * rotations)) / (2 * Math.Log(theta));
            bool whole = scaling["truncate"] is not { } truncate || (bool)truncate;
            double low = Dimension(Number("beta_fast", 32)), high = Dimension(Number("beta_slow", 1));
            (low, high) = whole ? (Math.Floor(low), Math.Ceiling(high)) : (low, high);
            (low, high) = (Math.Max(low, 0), Math.Min(high, size - 1));
            high += low == high ? 0.001 : 0;
            static double Log(double scale, double weight) => scale <= 1 ? 1 : (0.1 * weight * Math.Log(scale)) + 1;
            gain = scaling["attention_factor"] is { } stated ? (double)stated
                : scaling.ContainsKey("mscale") ? Log(factor, Number("mscale", 0)) / Log(factor, Number("mscale_all_dim", 0)) : Log(factor, 1);
            frequencies = [.. frequencies.Select((frequency, i) => Math.Clamp((i - low) / (high - low), 0, 1) is var ramp ? (frequency * (1 - ramp)) + (frequency / factor * ramp) : 0)];
        }

        return (frequencies, gain);
    }
}
