namespace Fovea.Text.Templates;

/// <summary>A value that does not exist: prints as nothing and is false; any other use is an error with its message.</summary>
/// <param name="message">What does not exist.</param>
/// <param name="unsafeAccess">Whether it exists in the reference but templates may not touch it.</param>
internal sealed class Undefined(string message, bool unsafeAccess = false)
{
    /// <summary>Whether it exists in the reference but templates may not touch it.</summary>
    public bool IsUnsafe { get; } = unsafeAccess;

    /// <summary>The error of using it.</summary>
    public ChatTemplateException Error() => new(IsUnsafe ? ChatTemplateError.Security : ChatTemplateError.Undefined, message);

    /// <summary>Throws if a value is undefined.</summary>
    public static void Refuse(object? value)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Error();
        }
    }
}
