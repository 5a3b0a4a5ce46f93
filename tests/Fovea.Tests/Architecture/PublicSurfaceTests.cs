namespace Fovea.Tests.Architecture;

public sealed class PublicSurfaceTests
{
    private const string Frozen = "docs/public-surface.txt";
    private const string Rewrite = "FOVEA_REWRITE_SURFACE";

    [Fact]
    public void PublicSurface_IsTheFrozenOne()
    {
        string path = Repository.Path(Frozen);
        string[] actual = [.. PublicSurface.Lines()];
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllLines(path, actual);
        }

        string[] frozen = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (!actual.SequenceEqual(frozen))
        {
            var gone = frozen.Except(actual, StringComparer.Ordinal).Select(line => "- " + line);
            var added = actual.Except(frozen, StringComparer.Ordinal).Select(line => "+ " + line);
            Assert.Fail($"{Frozen} does not say what the libraries show. If the change is wanted, run the tests once with {Rewrite}=1 and commit the file.\n{string.Join('\n', gone.Concat(added).Take(40))}");
        }
    }
}
