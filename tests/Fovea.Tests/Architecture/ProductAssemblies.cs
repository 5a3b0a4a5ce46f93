using Mono.Cecil;

namespace Fovea.Tests.Architecture;

/// <summary>The built product, read without running it.</summary>
internal static class ProductAssemblies
{
    public static IReadOnlyList<string> Names { get; } = ["Fovea.Tensors", "Fovea", "Fovea.Cli"];

    public static IReadOnlyList<string> Libraries { get; } = ["Fovea.Tensors", "Fovea"];

    public static AssemblyDefinition Read(string name) => AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
}
