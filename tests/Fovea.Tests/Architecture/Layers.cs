namespace Fovea.Tests.Architecture;

/// <summary>The layers of the product: a type refers only to lower numbers; folders that share a number do not refer to each other.</summary>
internal static class Layers
{
    /// <summary>The number of each folder, in the order of docs/architecture.md.</summary>
    public static IReadOnlyDictionary<string, int> Ranks { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["Fovea.Tensors.ElementTypes"] = 0,
        ["Fovea.Tensors.Threading"] = 0,
        ["Fovea.Tensors.Kernels"] = 1,
        ["Fovea.Tensors"] = 1,
        ["Fovea.Tensors.Serialization"] = 2,
        ["Fovea.Tensors.Ops"] = 3,
        ["Fovea.Tensors.Autograd"] = 4,
        ["Fovea.Nn"] = 5,
        ["Fovea.Imaging"] = 5,
        ["Fovea.Text"] = 5,
        ["Fovea.Telemetry"] = 5,
        ["Fovea.Parquet"] = 5,
        ["Fovea.Models"] = 6,
        ["Fovea.Reduction"] = 7,
        ["Fovea.Generation"] = 8,
        ["Fovea"] = 9,
        ["Fovea.Evaluation"] = 10,
        ["Fovea.Chat"] = 10,
        ["Fovea.Training"] = 11,
        ["Fovea.Server"] = 11,
        ["Fovea.Cli"] = 12,
    };

    /// <summary>The folder that a namespace belongs to: the project and one name below it. Server and command line are one layer each.</summary>
    public static string FolderOf(string assembly, string space)
    {
        if (assembly is "Fovea.Cli" or "Fovea.Server" || space.Length <= assembly.Length)
        {
            return assembly;
        }

        int end = space.IndexOf('.', assembly.Length + 1);
        return end < 0 ? space : space[..end];
    }

    /// <summary>Whether code of one folder may refer to code of another.</summary>
    public static bool MayUse(string from, string to)
    {
        if (from == to || Ranks[to] < Ranks[from])
        {
            return true;
        }

        // Kernels take blocks of memory and the tensor packs itself by a kernel: together they are the one layer below operations.
        return (from, to) is ("Fovea.Tensors", "Fovea.Tensors.Kernels") or ("Fovea.Tensors.Kernels", "Fovea.Tensors");
    }
}
