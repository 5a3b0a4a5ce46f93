using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Fovea.Reduction;

namespace Fovea.Cli.Options;

/// <summary><c>--plugin</c>: an assembly with methods of token reduction. Every public static property of type <see cref="ReducerDescriptor"/> is one.</summary>
internal sealed class PluginOption
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Loaded = [];
    private readonly Option<string[]> _plugin = new("--plugin") { Description = "assembly with more methods, such as one made by fovea new reducer; may be repeated. Its code runs with your rights", HelpName = "DLL" };

    /// <summary>Adds the option.</summary>
    public void AddTo(Command command) => command.Add(_plugin);

    /// <summary>Registers the methods of the assemblies, each once in a process.</summary>
    /// <exception cref="ArgumentException">No assembly, or one without methods; the message names it.</exception>
    public void Load(ParseResult parsed)
    {
        foreach (string file in parsed.GetValue(_plugin) ?? [])
        {
            string path = Path.GetFullPath(file);
            lock (Gate)
            {
                if (Loaded.Add(path))
                {
                    Register(path);
                }
            }
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A plug-in is not part of the trimmed program; its author keeps its members.")]
    private static void Register(string path)
    {
        ReducerDescriptor[] methods;
        try
        {
            methods = [.. AssemblyLoadContext.Default.LoadFromAssemblyPath(path).GetExportedTypes().SelectMany(Descriptors)];
        }
        catch (Exception wrong) when (wrong is IOException or BadImageFormatException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new ArgumentException($"The plug-in {path} cannot be loaded: {wrong.Message}", wrong);
        }

        if (methods.Length == 0)
        {
            throw new ArgumentException($"The plug-in {path} has no method: none of its public types has a public static property of type {nameof(ReducerDescriptor)}.");
        }

        Array.ForEach(methods, KnownReducers.Register);
    }

    private static IEnumerable<ReducerDescriptor> Descriptors(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property => property.PropertyType == typeof(ReducerDescriptor))
            .Select(property => property.GetValue(null)).OfType<ReducerDescriptor>();
}
