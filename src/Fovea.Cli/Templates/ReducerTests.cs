using Fovea;
using Fovea.Evaluation;
using Xunit;

namespace $type$Plugin.Tests;

/// <summary>What every method must keep, on the model that FOVEA_MODEL names.</summary>
public sealed class $type$Tests
{
    public static TheoryData<string> Promises => new(ReducerChecks.All.Select(check => check.Name));

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task Method_OnAModel_KeepsItsPromise(string promise)
    {
        string folder = Environment.GetEnvironmentVariable("FOVEA_MODEL") ?? throw new InvalidOperationException("Set FOVEA_MODEL to the folder of a model.");
        using var model = await VisionLanguageModel.LoadAsync(folder);
        ReducerChecks.All.Single(check => check.Name == promise).Run(model.Model, $type$.Descriptor);
    }
}
