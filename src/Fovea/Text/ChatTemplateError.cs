namespace Fovea.Text;

/// <summary>Why a chat template could not be parsed or rendered.</summary>
public enum ChatTemplateError
{
    /// <summary>The template text is not well formed, or uses an unknown tag, filter or test.</summary>
    Syntax,

    /// <summary>The template itself refused the messages with <c>raise_exception</c>; the message is meant for the user.</summary>
    Raised,

    /// <summary>A value that does not exist was used.</summary>
    Undefined,

    /// <summary>An operation met values it cannot work on.</summary>
    Runtime,

    /// <summary>The template asked for something that templates may not touch.</summary>
    Security,

    /// <summary>A bound on text length, nesting, steps or numbers was reached.</summary>
    Limit,

    /// <summary>The request itself cannot be met, such as continuing a message that the template does not print.</summary>
    Request,
}
