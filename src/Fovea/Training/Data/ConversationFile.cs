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
    private readonly PictureFolder _folder;
    private readonly SampleIndex<(long Offset, int Length, int Number)> _index;
    private string _fingerprint = "";

    private ConversationFile(string path, string imageFolder)
        : base(path)
    {
        _folder = new PictureFolder(imageFolder);
        _index = new SampleIndex<(long Offset, int Length, int Number)>(path);
        _file = File.OpenHandle(path);
    }

    public override IReadOnlyList<int> WordCounts => _index.WordCounts;

    public override IReadOnlyList<SkippedSample> Skipped => _index.Skipped;

    public override string Fingerprint => _fingerprint;

    /// <summary>Reads the file once and notes where its samples are.</summary>
    public static ConversationFile Index(string path, string imageFolder)
    {
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
        return Id(document.RootElement) ?? SampleIndex<int>.Numbered(_index[index].Number);
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
        var elements = new JsonArrayIndex(Name, (element, offset) =>
        {
            hash.AppendData(element);
            Add(element.ToArray(), offset, number++);
        });
        using var stream = new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.Read);
        elements.Read(stream);
        _fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Add(byte[] element, long offset, int number) => _index.Add((offset, element.Length, number), number, (ref id) =>
    {
        using var document = JsonDocument.Parse(element);
        id = Id(document.RootElement) ?? id;
        var turns = Turns(document.RootElement);
        return (turns, Pictures(document.RootElement).Count > 0);
    });

    private JsonDocument Parse(int index)
    {
        var (offset, length, _) = _index[index];
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

    private static string? Id(JsonElement sample) => ConversationJson.Value(sample, "id") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() ?? "",
        { ValueKind: JsonValueKind.Number } whole => whole.GetRawText(),
        _ => null,
    };

    private static ConversationTurn[] Turns(JsonElement sample) => ConversationJson.Turns(ConversationJson.Value(sample, "conversations"));

    /// <summary>The paths of the pictures, which are there.</summary>
    private List<string> Pictures(JsonElement sample) => ConversationJson.Value(sample, "image") switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } path => [_folder.Find(path.GetString() ?? "")],
        { ValueKind: JsonValueKind.Array } paths when paths.EnumerateArray().All(path => path.ValueKind == JsonValueKind.String) =>
            [.. paths.EnumerateArray().Select(path => _folder.Find(path.GetString() ?? ""))],
        _ => throw new InvalidDataException("its image is no path"),
    };
}
