using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Fovea.Tests.Documents;

/// <summary>A program in one text, compiled against the library as a file-based program would be, and run inside the test process.</summary>
internal static class ProgramText
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>Runs a program in the root of the repository.</summary>
    /// <returns>What it wrote to the console.</returns>
    public static string Run(string text, params string[] args)
    {
        var main = Compile(text).EntryPoint ?? throw new InvalidOperationException("The program has no entry point.");
        var console = Console.Out;
        string folder = Environment.CurrentDirectory;
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            Environment.CurrentDirectory = Repository.Root;
            object? ended = main.Invoke(null, [args]);
            (ended as Task)?.GetAwaiter().GetResult();
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = folder;
        }

        return output.ToString();
    }

    private static Assembly Compile(string text)
    {
        // Lines for the SDK, such as #:project, are no C#.
        string program = string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("#:", StringComparison.Ordinal)));
        string platform = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        var references = platform.Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"document{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), CSharpSyntaxTree.ParseText(program)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray());
    }
}
