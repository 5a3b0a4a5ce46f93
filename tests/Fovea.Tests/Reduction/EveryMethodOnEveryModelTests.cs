using Fovea.Evaluation;
using Fovea.Reduction;

namespace Fovea.Tests.Reduction;

/// <summary>What must hold for every method on every family; the pairs come from the two catalogues, the promises from <see cref="ReducerChecks"/>.</summary>
[Trait("kind", "property")]
public sealed class EveryMethodOnEveryModelTests
{
    public static TheoryData<string, string, string> Promises
    {
        get
        {
            var promises = new TheoryData<string, string, string>();
            foreach (string folder in TinyModels.Folders)
            {
                foreach (var method in KnownReducers.BuiltIn.Where(method => ReducerChecks.Fits(TinyModels.Load(folder), method)))
                {
                    foreach (var check in ReducerChecks.All)
                    {
                        promises.Add(folder, method.Name, check.Name);
                    }
                }
            }

            return promises;
        }
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public void Method_OnModel_KeepsItsPromise(string folder, string method, string promise) =>
        ReducerChecks.All.Single(check => check.Name == promise).Run(TinyModels.Load(folder), KnownReducers.Find(method));

    [Fact]
    public void EveryStrategyOfPriorTr_FitsEveryFamily()
    {
        string[] strategies = ["priortr", "priortr_2f", "fastv", "sparsevlm", "vispruner", "clse", "pyramiddrop"];
        Assert.All(TinyModels.Folders, folder => Assert.All(strategies, name => Assert.True(ReducerChecks.Fits(TinyModels.Load(folder), KnownReducers.Find(name)), $"{name} on {folder}")));
    }
}
