using System.Globalization;

namespace Fovea.Training.Runs;

/// <summary>The output folder of a run. A checkpoint is written under another name and then renamed, so that one that has its name is whole.</summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "checkpoint-", Partial = ".partial", MetricsFile = "metrics.jsonl", MeasuredName = "measured";

    private readonly FileStream _lock;

    /// <summary>Takes the folder; while another run has it, that fails, and so it does where nothing can be written.</summary>
    private RunFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        _lock = new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    public string Metrics => System.IO.Path.Combine(Path, MetricsFile);

    public string Skipped => System.IO.Path.Combine(Path, "skipped.jsonl");

    public string Plot => System.IO.Path.Combine(Path, "loss.svg");

    /// <summary>Where the model lies while it is measured.</summary>
    public string Measured => System.IO.Path.Combine(Path, MeasuredName + Partial);

    /// <summary>The checkpoints with the steps after which they were written, the oldest first.</summary>
    public IReadOnlyList<(int Step, string Path)> Checkpoints =>
    [
        .. Directory.EnumerateDirectories(Path, Prefix + "*").Select(path => (Step: StepOf(path), Path: path)).Where(checkpoint => checkpoint.Step >= 0).OrderBy(checkpoint => checkpoint.Step),
    ];

    /// <summary>Makes the folder if it is not there, and clears away what a run that was killed left half written.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="resume">Whether a run in it may go on.</param>
    /// <exception cref="IOException">The folder cannot be written, another run is at work in it, or a run is in it and is not to go on.</exception>
    public static RunFolder Open(string path, bool resume)
    {
        RunFolder folder;
        try
        {
            folder = new RunFolder(path);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"output_dir {path} cannot be written: {error.Message}", error);
        }

        if (!resume && (File.Exists(folder.Metrics) || folder.Checkpoints.Count > 0))
        {
            folder.Dispose();
            throw new IOException($"output_dir {path} holds a run already: add --resume to go on with it, or name another folder.");
        }

        folder.Clear();
        return folder;
    }

    /// <summary>Lets others have the folder.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Writes a checkpoint, then removes the oldest beyond a number.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="most">Most checkpoints to keep; none = all.</param>
    /// <param name="write">Fills the folder it is given.</param>
    /// <exception cref="IOException">It could not be written, as on a full disk; those before it are as they were.</exception>
    public void Write(int step, int? most, Action<string> write)
    {
        string target = PathOf(step), partial = target + Partial;
        try
        {
            Directory.CreateDirectory(partial);
            write(partial);
            if (Directory.Exists(target))
            {
                Remove(target);
            }

            Directory.Move(partial, target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }

            throw new IOException($"{target} cannot be written: {error.Message.TrimEnd('.')}. {Last}", error);
        }

        foreach (var (_, path) in most is { } limit ? Checkpoints.SkipLast(limit).ToList() : [])
        {
            Remove(path);
        }
    }

    /// <summary>What can be gone on from, in a sentence.</summary>
    public string Last => Checkpoints is [.., var (step, path)] ? $"{path} holds the run after step {step}; --resume goes on from there." : "There is no checkpoint yet.";

    private void Clear()
    {
        // Checkpoints lie inside; the trained model is written beside the folder first, under its name and a number of 32 digits.
        string name = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path));
        var models = Directory.EnumerateDirectories(System.IO.Path.GetDirectoryName(name) ?? name, System.IO.Path.GetFileName(name) + ".*" + Partial)
            .Where(left => Guid.TryParseExact(left[(name.Length + 1)..^Partial.Length], "N", out _));
        var inside = new[] { Prefix, MeasuredName }.SelectMany(start => Directory.EnumerateDirectories(Path, start + "*" + Partial));
        foreach (string left in inside.Concat(models).ToList())
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>Renames first: a checkpoint that is half removed has no name.</summary>
    private static void Remove(string path)
    {
        string partial = path + Partial;
        Directory.Move(path, partial);
        Directory.Delete(partial, recursive: true);
    }

    private string PathOf(int step) => System.IO.Path.Combine(Path, Prefix + step.ToString(CultureInfo.InvariantCulture));

    private static int StepOf(string path) =>
        int.TryParse(System.IO.Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int step) ? step : -1;
}
