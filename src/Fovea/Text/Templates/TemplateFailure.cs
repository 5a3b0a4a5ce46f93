namespace Fovea.Text.Templates;

/// <summary>Makes the errors of parsing and rendering.</summary>
internal static class TemplateFailure
{
    /// <summary>The template text is wrong.</summary>
    public static ChatTemplateException Syntax(string message, int line) => new(ChatTemplateError.Syntax, $"{message} (line {line})", line);

    /// <summary>An operation met values it cannot work on.</summary>
    public static ChatTemplateException Runtime(string message) => new(ChatTemplateError.Runtime, message);

    /// <summary>A bound was reached.</summary>
    public static ChatTemplateException Limit(string message) => new(ChatTemplateError.Limit, message);

    /// <summary>Throws if the call stack has no room for another level.</summary>
    public static void GuardStack()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Limit("the template nests too deeply");
        }
    }
}
