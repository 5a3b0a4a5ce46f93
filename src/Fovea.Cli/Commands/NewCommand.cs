using System.CommandLine;
using System.Text;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea new reducer NAME</c>: a plug-in to begin with, and its test.</summary>
internal static class NewCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "name of the method, lower-case words joined by underscores" };
        var folder = new Option<string?>("--out") { Description = "folder to write to; default: the method's class name, here", HelpName = "FOLDER" };
        var reducer = new ExampleCommand("reducer", "Writes a method of token reduction that works, in a project of its own, and its test.", "fovea new reducer my_method", "fovea new reducer my_method --out plugins/MyMethod")
        {
            name,
            folder,
        };
        reducer.SetAction(parsed => Write(parsed.GetRequiredValue(name), parsed.GetValue(folder), terminal));
        return new Command("new", "Writes something to begin with.") { reducer };
    }

    private static int Write(string name, string? folder, Terminal terminal)
    {
        string type = TypeName(name);
        string root = Path.GetFullPath(folder ?? type);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new ArgumentException($"{root} is not empty; say another folder with --out.");
        }

        (string File, string Template)[] files =
        [
            ($"{type}/{type}.csproj", "Plugin.csproj"),
            ($"{type}/{type}.cs", "Reducer.cs"),
            ($"{type}.Tests/{type}.Tests.csproj", "Tests.csproj"),
            ($"{type}.Tests/{type}Tests.cs", "ReducerTests.cs"),
        ];
        foreach (var (file, template) in files)
        {
            string path = Path.Combine(root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? root);
            File.WriteAllText(path, Template(template).Replace("$type$", type, StringComparison.Ordinal).Replace("$name$", name, StringComparison.Ordinal)
                .Replace("$fovea$", AppContext.BaseDirectory, StringComparison.Ordinal));
            terminal.Out.WriteLine(path);
        }

        string library = Path.Combine(root, type);
        terminal.Note($"build it with: dotnet build -c Release {library}");
        terminal.Note($"check it with: fovea check reducer {name} --plugin {Path.Combine(library, "bin", "Release", "net10.0", type + ".dll")}");
        return ExitCode.Success;
    }

    private static string TypeName(string name)
    {
        bool right = name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
        if (!right)
        {
            throw new ArgumentException($"'{name}' is no name for a method: take lower-case letters, digits and underscores, a letter first.");
        }

        var type = new StringBuilder();
        foreach (string word in name.Split('_', StringSplitOptions.RemoveEmptyEntries))
        {
            type.Append(char.ToUpperInvariant(word[0])).Append(word[1..]);
        }

        return type.ToString();
    }

    private static string Template(string name)
    {
        using var stream = typeof(NewCommand).Assembly.GetManifestResourceStream("Fovea.Cli.Templates." + name)
            ?? throw new InvalidOperationException($"The template {name} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
