using Fovea.Golden;

namespace Fovea.Tests.Golden;

[Trait("kind", "golden")]
public sealed class GoldenTests
{
    private static readonly Dictionary<string, GoldenTest> Cases = GoldenSuites.Under(Repository.Path("tests/golden")).ToDictionary(test => test.Id);

    public static TheoryData<string> Ids => new(Cases.Keys);

    [Fact]
    public void KnownIssues_AreCasesThatExist() => Assert.All(KnownIssues.All.Keys, id => Assert.Contains(id, Cases.Keys));

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Ids))]
    public void Case_MeetsTheReference(string id)
    {
        try
        {
            Cases[id].Run();
        }
        catch (NotBuiltException missing)
        {
            Assert.Skip(missing.Message);
        }
        catch (GoldenMismatchException mismatch) when (KnownIssues.All.TryGetValue(id, out string? known) && mismatch.Message.StartsWith(known, StringComparison.Ordinal))
        {
            TestContext.Current.AddWarning($"known issue, see docs/known-issues.md: {mismatch.Message}");
        }
    }
}
