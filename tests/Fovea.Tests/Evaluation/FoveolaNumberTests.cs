using Fovea.Generation;
using Fovea.Golden;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests.Evaluation;

/// <summary>Values inside the shipped model's forward pass equal those of the reference.</summary>
[Trait("kind", "golden")]
public sealed class FoveolaNumberTests
{
    /// <summary>Asks for the last block's attention, which no feature needs, and keeps everything.</summary>
    private static readonly ReductionPlan LookAtTheLastBlock = ReductionPlan.Of("fastervlm", TokenBudget.KeepRatio(1), new Dictionary<string, string> { ["layer"] = "-1" });

    public static TheoryData<int> Questions => new(Enumerable.Range(0, 5));

    [Theory]
    [MemberData(nameof(Questions))]
    public void ForwardPass_OfAQuestion_HasTheValuesOfTheReference(int index)
    {
        using var reference = FoveolaFixture.Read("reference.json");
        var numbers = reference.RootElement.GetProperty("numbers");
        var question = numbers.GetProperty("questions")[index];
        double atol = numbers.GetProperty("atol").GetDouble(), rtol = numbers.GetProperty("rtol").GetDouble();
        using var values = SafetensorsReader.Open(Path.Combine(FoveolaFixture.Folder, numbers.GetProperty("file").GetString()!));
        using var compute = new Compute();
        using var model = KnownModels.Load(Path.Combine(FoveolaFixture.Folder, "model"), compute, new LoadOptions { Cache = KvCacheType.F32 });
        var image = Image.Load(Path.Combine(FoveolaFixture.Folder, "eval", "images", Text("id").Split('-')[0] + ".png"));
        var seen = new RecordingObserver(model, compute);
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var result = new Generator(model, compute, seen).Generate(
            new GenerationRequest { Prompt = Text("prompt"), Images = [image], Plan = LookAtTheLastBlock, Sequence = sequence, MaxNewTokens = 48 }, TestContext.Current.CancellationToken);

        int prompt = result.Report.PromptTokens;
        Compare.Integers("input_ids", Value("input_ids"), [.. sequence.Tokens.Take(prompt)]);
        using (var input = model.Prepare([VisualItem.Of(image)]))
        {
            ComparePixels(Value("pixel_values"), input.Pixels);
        }

        CompareRows("vision", seen.Features);
        CompareRows("projected", seen.VisualTokens);
        CompareAll("cls_attention", Mean(seen.EncoderAttention[model.FeatureBlock]));
        CompareAll("cls_attention_last", Mean(seen.EncoderAttention[model.Vision.BlockCount - 1]));
        CompareAll("logits", seen.FirstLogits[0]);
        for (int layer = 0; values.Names.Contains(Name($"hidden.{layer}")); layer++)
        {
            var states = layer < model.LanguageModel.Layers.Count ? seen.Decoder[layer - 1] : seen.Final;
            CompareAll($"hidden.{layer}", states.Row<float>(prompt - 1));
        }

        int[] answer = [.. question.GetProperty("answer_ids").EnumerateArray().Select(id => id.GetInt32())];
        Assert.Equal(answer, result.Tokens.Take(answer.Length));

        string Text(string key) => question.GetProperty(key).GetString()!;

        string Name(string what) => $"{Text("prefix")}.{what}";

        Tensor Value(string what) => values[Name(what)];

        void CompareAll(string what, ReadOnlySpan<float> actual) => Compare.Numbers(what, Value(what).AsSpan<float>(), actual, atol, rtol);

        void CompareRows(string what, Tensor actual) => CompareAll(what, actual.AsSpan<float>()[..Value(what).AsSpan<float>().Length]);

        void ComparePixels(Tensor expected, Tensor pixels)
        {
            int side = expected.Shape[2], width = pixels.Shape[3], height = pixels.Shape[2];
            for (int row = 0; row < expected.Shape[0] * side; row++)
            {
                var actual = pixels.AsSpan<float>().Slice((((row / side) * height) + (row % side)) * width, side);
                Compare.Numbers($"pixel_values row {row}", expected.AsSpan<float>().Slice(row * side, side), actual, atol, rtol);
            }
        }
    }

    private static float[] Mean(Tensor attention)
    {
        var mean = new float[attention.RowLength];
        HeadMean.Of(attention, mean);
        return mean;
    }
}
