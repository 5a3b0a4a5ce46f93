using System.Text.Json;
using Fovea.Training.Data;

namespace Fovea.Training.Runs;

/// <summary>The file that lists samples that are not learnt, each once, however often a run is taken up again.</summary>
internal sealed class SkippedLog
{
    private readonly string _path;
    private readonly HashSet<SkippedSample> _known = [];

    /// <summary>Reads what is listed already, without a last line that was cut off.</summary>
    /// <exception cref="InvalidDataException">The file is no such list.</exception>
    public SkippedLog(string path)
    {
        _path = path;
        string text = File.Exists(path) ? File.ReadAllText(path) : "";
        string whole = text[..(text.LastIndexOf('\n') + 1)];
        foreach (string line in whole.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _known.Add(Read(line) ?? throw new InvalidDataException($"{path} is no list of skipped samples."));
        }

        if (whole.Length < text.Length)
        {
            File.WriteAllText(path, whole);
        }
    }

    /// <summary>How many samples are listed.</summary>
    public int Count => _known.Count;

    /// <summary>Lists samples that are not listed yet.</summary>
    public void Add(params IEnumerable<SkippedSample> samples)
    {
        var fresh = samples.Where(_known.Add).Select(sample => JsonSerializer.Serialize(sample, RunJson.Lines.SkippedSample) + "\n");
        string text = string.Concat(fresh);
        if (text.Length > 0)
        {
            File.AppendAllText(_path, text);
        }
    }

    private static SkippedSample? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RunJson.Lines.SkippedSample);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
