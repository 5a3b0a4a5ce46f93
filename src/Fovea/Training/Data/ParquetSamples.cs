using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fovea.Parquet;

namespace Fovea.Training.Data;

/// <summary>
/// Samples of a Parquet file: <see cref="ConversationColumn"/>, <see cref="PictureColumn"/> where they have pictures, and <c>id</c>. In memory are a few
/// numbers for each sample and one row group.
/// </summary>
internal sealed class ParquetSamples : SampleSource
{
    private readonly ParquetReader _reader;
    private readonly ConversationColumn _conversations;
    private readonly PictureColumn? _pictures;
    private readonly ParquetColumn? _ids;
    private readonly SampleIndex<long> _index;

    private ParquetSamples(ParquetReader reader, string imageFolder)
        : base(reader.Path)
    {
        _reader = reader;
        _conversations = new ConversationColumn(reader);
        _pictures = PictureColumn.Of(reader, new PictureFolder(imageFolder));
        _ids = reader.Column("id");
        _index = new SampleIndex<long>(reader.Path);
        Fingerprint = MakeIndex();
    }

    public override IReadOnlyList<int> WordCounts => _index.WordCounts;

    public override IReadOnlyList<SkippedSample> Skipped => _index.Skipped;

    /// <summary>Of conversations, ids and paths; like the files at the paths, bytes of pictures may change.</summary>
    public override string Fingerprint { get; }

    /// <summary>Reads the conversations of a file once and notes which rows can be used.</summary>
    public static ParquetSamples Index(string path, string imageFolder)
    {
        var reader = ParquetReader.Open(path);
        try
        {
            return new ParquetSamples(reader, imageFolder);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public override string IdOf(int index) => Id(_index[index]);

    public override TrainingSample Read(int index)
    {
        long row = _index[index];
        return new TrainingSample(_conversations.Turns(_conversations.Read(row)), _pictures?.Read(row) ?? []);
    }

    protected override void Dispose(bool disposing)
    {
        _reader.Dispose();
        base.Dispose(disposing);
    }

    private string MakeIndex()
    {
        if (_reader.RowCount > _reader.Length)
        {
            // A run of nothing takes no bytes; a sample of use has words.
            throw new InvalidDataException($"{Name}: {_reader.RowCount} rows are declared, more than the file has bytes");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long row = 0; row < _reader.RowCount; row++)
        {
            Add(row, hash);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is damaged ends the reading of the file; what is missing in a sample costs the sample alone.</summary>
    private void Add(long row, IncrementalHash hash)
    {
        object? conversation = _conversations.Read(row), picture = _pictures?.Glance(row);
        string known = Id(row);
        _index.Add(row, row, (ref id) =>
        {
            id = known;
            var turns = _conversations.Turns(conversation);
            Hash(hash, [known, .. turns.SelectMany(turn => new[] { turn.From, turn.Value }), .. _pictures?.Paths(picture) ?? []]);
            return (turns, _pictures?.Any(picture) ?? false);
        });
    }

    private string Id(long row) => _ids?.Read(row) switch
    {
        string text => text,
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => SampleIndex<long>.Numbered(row),
    };

    private static void Hash(IncrementalHash hash, string[] texts)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }
}
