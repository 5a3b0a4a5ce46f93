using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Fovea.Imaging;
using Microsoft.Win32.SafeHandles;

namespace Fovea.Training.Data;

/// <summary>
/// Samples of a file in LLaVA's format: a JSON array of objects with <c>conversations</c> and, where they have pictures, <c>image</c> (a path, or several)
/// below a folder. In memory are a few numbers for each sample; its text and pictures are read when they are needed.
/// </summary>
internal sealed class ConversationFile : SampleSource
{
    private readonly SafeFileHandle _file;
    private readonly string _folder;
    private readonly List<(long Offset, int Length, int Number)> _places = [];
    private readonly List<int> _words = [];
    private readonly List<SkippedSample> _skipped = [];
    private string _fingerprint = "";

    private ConversationFile(string path, string imageFolder)
        : base(path)
    {
        _folder = Path.GetFullPath(imageFolder);
        _file = File.OpenHandle(path);
    }

    public override IReadOnlyList<int> WordCounts => _words;

    public override IReadOnlyList<SkippedSample> Skipped => _skipped;

    public override string Fingerprint => _fingerprint;

    /// <summary>Reads the file once and notes where its samples are.</summary>
    public static ConversationFile Index(string path, string imageFolder)
    {
        if (!Directory.Exists(imageFolder))
        {
            throw new DirectoryNotFoundException($"There is no folder of pictures {imageFolder}.");
        }

        var source = new ConversationFile(path, imageFolder);
        try
        {
            source.MakeIndex();
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public override string IdOf(int index)
    {
        using var document = Parse(index);
        return Id(document.RootElement, _places[index].Number);
    }

    public override TrainingSample Read(int index)
    {
        using var document = Parse(index);
        var turns = Turns(document.RootElement);
        return new TrainingSample(turns, [.. Pictures(document.RootElement).Select(path => Image.Load(path))]);
    }

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    private void MakeIndex()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int number = 0;
        var index = new JsonArrayIndex(Name, (element, offset) =>
        {
            hash.AppendData(element);
            Add(element, offset, number++);
        });
        using var stream = new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.Read);
        index.Read(stream);
        _fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Add(ReadOnlySpan<byte> element, long offset, int number)
    {
        string id = Numbered(number);
        try
        {
            using var document = JsonDocument.Parse(element.ToArray());
            id = Id(document.RootElement, number);
            var turns = Turns(document.RootElement);
            bool hasPictures = Pictures(document.RootElement).Count > 0;
            int words = Words(turns.Select(turn => turn.Value));
            _words.Add(words == 0 ? throw new InvalidDataException("it has no words") : hasPictures ? words : -words);
            _places.Add((offset, element.Length, number));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ArgumentException)
        {
            _skipped.Add(new SkippedSample(Name, id, error.Message));
        }
    }

    private JsonDocument Parse(int index)
    {
        var (offset, length, _) = _places[index];
        byte[] bytes = new byte[length];
        try
        {
            return RandomAccess.Read(_file, bytes, offset) == length ? JsonDocument.Parse(bytes) : throw new InvalidDataException($"{Name} has changed since it was opened.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{Name} has changed since it was opened.", error);
        }
    }

    private static string Id(JsonElement sample, int number) => Value(sample, "id") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() ?? "",
        { ValueKind: JsonValueKind.Number } whole => whole.GetRawText(),
        _ => Numbered(number),
    };

    private static string Numbered(int number) => $"#{number.ToString(CultureInfo.InvariantCulture)}";

    private static JsonElement? Value(JsonElement sample, string key) => sample.ValueKind == JsonValueKind.Object && sample.TryGetProperty(key, out var value) ? value : null;

    private static ConversationTurn[] Turns(JsonElement sample)
    {
        if (Value(sample, "conversations") is not { ValueKind: JsonValueKind.Array } turns || turns.GetArrayLength() == 0)
        {
            throw new InvalidDataException("it has no list of conversations");
        }

        return [.. turns.EnumerateArray().Select((turn, i) => new ConversationTurn(Text(turn, "from", i), Text(turn, "value", i)))];
    }

    private static string Text(JsonElement turn, string key, int index) => Value(turn, key) is { ValueKind: JsonValueKind.String } text
        ? text.GetString() ?? ""
        : throw new InvalidDataException($"turn {index + 1} of its conversations has no {key}");

    /// <summary>The paths of the pictures, which are there.</summary>
    private List<string> Pictures(JsonElement sample) => Value(sample, "image") switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } path => [Inside(path.GetString() ?? "")],
        { ValueKind: JsonValueKind.Array } paths when paths.EnumerateArray().All(path => path.ValueKind == JsonValueKind.String) =>
            [.. paths.EnumerateArray().Select(path => Inside(path.GetString() ?? ""))],
        _ => throw new InvalidDataException("its image is no path"),
    };

    private string Inside(string path)
    {
        string whole = Path.GetFullPath(Path.Combine(_folder, path));
        return !whole.StartsWith(Path.TrimEndingDirectorySeparator(_folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new InvalidDataException($"its picture {path} lies outside the folder {_folder}")
            : File.Exists(whole) ? whole : throw new FileNotFoundException($"its picture {path} is not in {_folder}");
    }
}
