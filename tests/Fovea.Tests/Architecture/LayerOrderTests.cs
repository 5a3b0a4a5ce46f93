using Mono.Cecil;

namespace Fovea.Tests.Architecture;

public sealed class LayerOrderTests
{
    public static TheoryData<string> Assemblies => new(ProductAssemblies.Names);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Types_OfAnAssembly_ReferOnlyToLowerLayers(string name)
    {
        using var assembly = ProductAssemblies.Read(name);
        var upward = References(assembly).Where(reference => !Layers.MayUse(reference.From, reference.To))
            .Select(reference => $"{reference.From} [{Layers.Ranks[reference.From]}] -> {reference.Used} of {reference.To} [{Layers.Ranks[reference.To]}] in {reference.Where}");
        Assert.Empty(upward.Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Types_OfAnAssembly_LieInAKnownLayer(string name)
    {
        using var assembly = ProductAssemblies.Read(name);
        var unknown = assembly.MainModule.Types.Where(type => !type.Name.StartsWith('<'))
            .Select(type => Layers.FolderOf(name, type.Namespace)).Where(folder => !Layers.Ranks.ContainsKey(folder));
        Assert.Empty(unknown.Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public void References_InsideMethodBodies_AreSeen()
    {
        using var assembly = ProductAssemblies.Read("Fovea");
        var inBody = References(assembly).Select(reference => (reference.From, reference.To));
        Assert.Contains(("Fovea.Generation", "Fovea.Tensors.Ops"), inBody);
    }

    private static IEnumerable<(string From, string To, string Used, string Where)> References(AssemblyDefinition assembly) =>
        from reference in TypeReferences.Of(assembly.MainModule)
        let target = (reference.Used.Scope as ModuleDefinition)?.Assembly.Name.Name ?? reference.Used.Scope.Name
        where ProductAssemblies.Names.Contains(target)
        let declaring = Outermost(reference.Used)
        where !declaring.Name.StartsWith('<')
        let user = Layers.FolderOf(assembly.Name.Name, reference.User.Namespace)
        let used = Layers.FolderOf(target, declaring.Namespace)
        where Layers.Ranks.ContainsKey(user) && Layers.Ranks.ContainsKey(used)
        select (user, used, reference.Used.FullName, reference.Where);

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }
}
