using Fovea.Generation;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tests.Reduction;
using Fovea.Text;

namespace Fovea.Tests.Generation;

/// <summary>Attention rows that a method asks for are all that exists of the attention.</summary>
[Trait("kind", "property")]
public sealed class CaptureAllocationTests
{
    [Fact]
    public void CapturedRows_AreAsManyAsWereAskedFor_AndNoMatrixIsAllocated()
    {
        var model = TinyModels.Load("models/foveola/model");
        int heads = model.LanguageModel.Config.NumAttentionHeads;
        var row = Signal.AttentionRows(1, Queries.LastToken);
        var question = Signal.AttentionRows(2, Queries.Instruction);
        long longest = 0;
        var plan = TestReducer.Plan(
            context =>
            {
                foreach (var signal in context.Stage.Layer == 2 ? new[] { row } : [question])
                {
                    var rows = context[signal];
                    longest = Math.Max(longest, rows.Shape[2]);
                    Assert.True(rows.Shape[1] < rows.Shape[2] / 2, "as many rows as a matrix");
                }

                return TokenMap.Identity(context.Count);
            },
            new StageRequest(Stage.Decoder(2), row),
            new StageRequest(Stage.Decoder(3), question));
        long Measure(ReductionPlan measured)
        {
            using var compute = new Compute();
            var generator = new Generator(model, compute);
            var request = new GenerationRequest
            {
                Prompt = model.Prompt([ChatMessage.User("What is it?", 4)]),
                Images = [.. Enumerable.Range(1, 4).Select(seed => TinyModels.Picture(96, 96, seed))],
                Plan = measured,
                MaxNewTokens = 1,
            };
            long before = GC.GetAllocatedBytesForCurrentThread() + AlignedMemory.AllocatedByThisThread;
            generator.Generate(request);
            return GC.GetAllocatedBytesForCurrentThread() + AlignedMemory.AllocatedByThisThread - before;
        }

        _ = Measure(plan);
        long plain = Measure(ReductionPlan.None);
        long capturing = Measure(plan);
        long matrix = heads * longest * longest * sizeof(float);
        Assert.True(longest > 500, "too short to tell");
        Assert.True(capturing - plain < matrix / 4, $"capturing allocates {capturing - plain} bytes more; one layer's attention has {matrix}");
    }
}
