using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Runs <c>ffmpeg</c> and <c>ffprobe</c> from the PATH on files that nobody vouches for: the container is named, so that no playlist or script can be
/// smuggled in; only pipes or the one
/// file can be opened; pixels, memory and time are limited.
/// </summary>
internal static class Ffmpeg
{
    // Enough for the largest permitted picture with some planes; the decoders allocate in pieces.
    private const long MaxAllocation = 1L << 31;
    private const int MaxComplaint = 400;

    /// <summary>Options that limit what the program may do; they stand before everything else.</summary>
    public static IEnumerable<string> Limits(ImageLoadOptions options) =>
        ["-v", "error", "-max_alloc", Text(MaxAllocation), "-max_pixels", Text(Math.Min(options.MaxPixels, int.MaxValue))];

    /// <summary>Runs a program and reads its output while it works.</summary>
    /// <param name="program"><c>ffmpeg</c> or <c>ffprobe</c>.</param>
    /// <param name="arguments">Each is passed as it is; no shell sees them.</param>
    /// <param name="name">The file, for messages.</param>
    /// <param name="kind">What the file is, for messages.</param>
    /// <param name="input">What the program reads from its standard input.</param>
    /// <param name="limit">The time it may take.</param>
    /// <param name="read">Reads standard output. The program is ended when this returns or throws.</param>
    /// <exception cref="ImageFormatException">The program is missing, fails, or takes too long.</exception>
    public static T Run<T>(string program, IEnumerable<string> arguments, string name, string kind, byte[] input, TimeSpan limit, Func<Stream, T> read)
    {
        using var process = Start(program, arguments, name, kind);
        using var alarm = new CancellationTokenSource(limit);
        using var ending = alarm.Token.Register(() => End(process));
        var complaint = Task.Run(() => ReadComplaint(process.StandardError));
        var feeding = Task.Run(() => Feed(process.StandardInput.BaseStream, input));
        try
        {
            var result = read(process.StandardOutput.BaseStream);
            process.StandardOutput.BaseStream.CopyTo(Stream.Null);
            process.WaitForExit();
            return process.ExitCode == 0
                ? result
                : throw new ImageFormatException(name, $"{kind}: {program} cannot decode it: {complaint.Result}");
        }
        catch (Exception failure) when (alarm.IsCancellationRequested)
        {
            throw new ImageFormatException(name, $"{kind}: {program} took longer than {limit.TotalSeconds} s", failure);
        }
        catch (EndOfStreamException failure)
        {
            throw new ImageFormatException(name, $"{kind}: {program} cannot decode it: {complaint.Result}", failure);
        }
        finally
        {
            End(process);
            Task.WaitAll(complaint, feeding);
        }
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Process Start(string program, IEnumerable<string> arguments, string name, string kind)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new ImageFormatException(name, $"{kind}: {program} does not start");
        }
        catch (Win32Exception missing)
        {
            throw new ImageFormatException(name, $"{kind}: this format is decoded by {program}, which is not on the PATH; install ffmpeg", missing);
        }
    }

    private static void Feed(Stream target, byte[] input)
    {
        try
        {
            using (target)
            {
                target.Write(input);
            }
        }
        catch (IOException)
        {
            // The program does not read all of it: it has what it needs, or its exit code tells why not.
        }
    }

    private static string ReadComplaint(StreamReader errors)
    {
        var text = new char[MaxComplaint];
        int length = errors.ReadBlock(text);
        errors.BaseStream.CopyTo(Stream.Null);
        return length == 0 ? "it gives no reason" : new string(text, 0, length).ReplaceLineEndings(" ").Trim();
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself, or is about to.
        }
    }
}
