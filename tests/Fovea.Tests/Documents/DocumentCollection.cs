namespace Fovea.Tests.Documents;

/// <summary>Programs of documents write to the console and work in the repository's root, so nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DocumentCollection
{
    public const string Name = "programs of documents";
}
