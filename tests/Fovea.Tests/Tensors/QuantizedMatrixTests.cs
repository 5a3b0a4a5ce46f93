using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors;

public sealed class QuantizedMatrixTests
{
    [Theory]
    [InlineData(WeightKind.Int8, 32, 5, 77)]
    [InlineData(WeightKind.Int4, 64, 33, 130)]
    [InlineData(WeightKind.Int4, 128, 1, 1)]
    [Trait("kind", "property")]
    public void Of_AnyMatrix_RoundsToTheNearestCodeForAnyDegree(WeightKind kind, int group, int n, int k)
    {
        using var w = Numbers.Noise(n, n, k);
        using var one = new Workers(1);
        using var three = new Workers(3);
        using var quantized = QuantizedMatrix.Of(w, new WeightFormat(kind, group), one);
        using var same = QuantizedMatrix.Of(w, new WeightFormat(kind, group), three);
        Assert.Equal(quantized.Codes.AsSpan<sbyte>().ToArray(), same.Codes.AsSpan<sbyte>().ToArray());
        Numbers.AssertSameBits(quantized.Scales.AsSpan<float>(), same.Scales.AsSpan<float>());
        using var wide = quantized.Widen();
        for (int i = 0; i < n * k; i++)
        {
            float scale = MathF.Abs(quantized.Scales.Row<float>(i / k)[i % k / group]), error = MathF.Abs(wide.AsSpan<float>()[i] - w.AsSpan<float>()[i]);
            int code = Math.Abs((int)quantized.Codes.AsSpan<sbyte>()[i]);
            Assert.True(error <= scale * 0.50001f || code >= (kind == WeightKind.Int8 ? 127 : 7));
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Of_FourBits_IsNeverWorseThanTheNumberOfGreatestMagnitudeAtMinusEight()
    {
        using var w = Numbers.Noise(9, 200, 32);
        using var workers = new Workers(2);
        using var quantized = QuantizedMatrix.Of(w, WeightFormat.Int4, workers);
        using var wide = quantized.Widen();
        for (int row = 0; row < w.Rows; row++)
        {
            float[] values = w.Row<float>(row).ToArray();
            float scale = values.MaxBy(MathF.Abs) / -8;
            double plain = values.Sum(value => Math.Pow(value - (scale * Math.Clamp(MathF.Floor((value / scale) + 0.5f), -8, 7)), 2));
            double found = values.Zip(wide.Row<float>(row).ToArray(), (value, code) => Math.Pow(value - code, 2)).Sum();
            Assert.True(found <= plain, $"row {row}: {found} > {plain}");
        }
    }

    [Fact]
    public void Of_ZerosAndExtremes_StaysFinite()
    {
        using var workers = new Workers(1);
        using var w = Tensor.Allocate(4, 32);
        w.Row<float>(1).Fill(float.Epsilon);
        w.Row<float>(2).Fill(3e38f);
        w.Row<float>(3).Fill(1e-30f);
        foreach (var format in new[] { WeightFormat.Int8, WeightFormat.Int4 })
        {
            using var wide = QuantizedMatrix.Of(w, format, workers).Widen();
            Assert.All(wide.Row<float>(0).ToArray(), value => Assert.Equal(0, value));
            Assert.All(wide.Row<float>(2).ToArray(), value => Assert.Equal(1, value / 3e38f, 1e-5));
            Assert.All(wide.Row<float>(3).ToArray(), value => Assert.Equal(1, value / 1e-30f, 1e-5));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Of_NumbersThatAreNotFinite_NamesTheRow(float strange)
    {
        using var workers = new Workers(2);
        using var w = Numbers.Noise(1, 40, 70);
        w.Row<float>(37)[69] = strange;
        Assert.Contains("row 37", Assert.Throws<ArgumentException>(() => QuantizedMatrix.Of(w, WeightFormat.Int8, workers)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_OfWhatDoesNotFit_SaysWhat()
    {
        using var codes = Tensor.Allocate(ElementType.I8, new Shape(2, 70));
        using var scales = Tensor.Allocate(2, 2);
        using var few = Tensor.Allocate(2, 1);
        using var workers = new Workers(1);
        Assert.Throws<ArgumentException>("format", () => new QuantizedMatrix(WeightFormat.BF16, codes, scales));
        Assert.Throws<ArgumentException>("format", () => new QuantizedMatrix(new WeightFormat(WeightKind.Int8, 17), codes, scales));
        Assert.Throws<ArgumentException>("format", () => new QuantizedMatrix(new WeightFormat(WeightKind.Int8, 1 << 17), codes, few));
        Assert.Throws<ArgumentException>("format", () => QuantizedMatrix.Of(scales, WeightFormat.F32, workers));
        Assert.Throws<ArgumentException>("codes", () => new QuantizedMatrix(WeightFormat.Int8, scales, scales));
        Assert.Throws<ArgumentException>("scales", () => new QuantizedMatrix(WeightFormat.Int8, codes, few));
        Assert.Throws<ArgumentException>("scales", () => new QuantizedMatrix(WeightFormat.Int8, codes, codes));
        codes.Row<sbyte>(1)[69] = -9;
        Assert.Contains("[1, 69]", Assert.Throws<ArgumentException>("codes", () => new QuantizedMatrix(new WeightFormat(WeightKind.Int4, 64), codes, scales)).Message, StringComparison.Ordinal);
        scales.Row<float>(1)[1] = float.NaN;
        Assert.Contains("row 1", Assert.Throws<ArgumentException>("scales", () => new QuantizedMatrix(WeightFormat.Int8, codes, scales)).Message, StringComparison.Ordinal);
    }
}
