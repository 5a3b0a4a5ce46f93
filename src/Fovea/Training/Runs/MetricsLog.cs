using System.Text.Json;

namespace Fovea.Training.Runs;

/// <summary>
/// A file of metrics, one JSON line each, that grows while a run goes on. A run that is taken up again cuts it back to the step at which it goes on, so that
/// no step is there twice.
/// </summary>
internal sealed class MetricsLog : IDisposable
{
    private readonly FileStream _file;
    private readonly List<RunMetrics> _lines = [];

    private MetricsLog(FileStream file) => _file = file;

    /// <summary>All lines, those of earlier starts included.</summary>
    public IReadOnlyList<RunMetrics> Lines => _lines;

    /// <summary>Opens a file, or makes it, and drops what lies behind a step, and a last line that was cut off.</summary>
    /// <exception cref="InvalidDataException">A line is no line of metrics.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static MetricsLog Open(string path, int step)
    {
        var log = new MetricsLog(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        try
        {
            log.CutBehind(step, path);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Adds a line, which is with the operating system when this returns.</summary>
    public void Add(RunMetrics metrics)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(metrics, RunJson.Lines.RunMetrics), (byte)'\n'];
        _file.Write(line);
        _file.Flush();
        _lines.Add(metrics);
    }

    public void Dispose() => _file.Dispose();

    private void CutBehind(int step, string path)
    {
        byte[] bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        int end = 0;
        for (int length; (length = bytes.AsSpan(end).IndexOf((byte)'\n')) >= 0; end += length + 1)
        {
            var line = Read(bytes.AsSpan(end, length), $"{path}:{_lines.Count + 1}");
            if (line.Step > step)
            {
                break;
            }

            _lines.Add(line);
        }

        _file.SetLength(end);
        _file.Position = end;
    }

    private static RunMetrics Read(ReadOnlySpan<byte> line, string place)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunJson.Lines.RunMetrics) ?? throw new InvalidDataException($"{place} is no line of metrics.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{place} is no line of metrics: {error.Message}", error);
        }
    }
}
