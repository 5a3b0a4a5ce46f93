namespace Fovea.Imaging;

/// <summary>
/// A picture or video that cannot be decoded. This is the only exception that bytes, whatever they hold, bring out of the readers of this namespace;
/// the message reads <c>FILE: what is wrong</c>.
/// </summary>
public sealed class ImageFormatException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="name">The file, or what stands for it.</param>
    /// <param name="reason">What is wrong, such as <c>PNG: 17 rows are declared, the data end after 3</c>.</param>
    public ImageFormatException(string name, string reason)
        : base($"{name}: {reason}")
    {
        Name = name;
        Reason = reason;
    }

    /// <summary>Creates the exception with the one that caused it.</summary>
    /// <param name="name">The file, or what stands for it.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="cause">The cause.</param>
    public ImageFormatException(string name, string reason, Exception cause)
        : base($"{name}: {reason}", cause)
    {
        Name = name;
        Reason = reason;
    }

    /// <summary>The file, or what stands for it.</summary>
    public string Name { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
