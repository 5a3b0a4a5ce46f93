using Fovea.Golden;

namespace Fovea.Tests.Golden;

[Trait("kind", "golden")]
public sealed class GoldenTests
{
    private static readonly Dictionary<string, GoldenTest> Cases = GoldenSuites.Under(Repository.Path("tests/golden")).ToDictionary(test => test.Id);

    public static TheoryData<string> Ids => new(Cases.Keys);

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
    }
}
