using Fovea.Parquet;

namespace Fovea.Tests.Fuzzing;

[Trait("kind", "property")]
public sealed class ParquetFuzzTests : IDisposable
{
    // Of a value: its place, its levels, and what it is made of while its page and then its row are read.
    private const long BytesAValue = 512;
    private const long BytesAnInputByte = 1000;
    private const long Rows = 200;

    private static readonly ParquetLimits Limits = new() { ChunkValues = 1 << 12, ChunkBytes = 1 << 16 };

    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Files => new(Directory.GetFiles(Repository.Path("tests/Fovea.Tests/Parquet/Files"), "*.parquet").Select(path => Path.GetRelativePath(Repository.Root, path)));

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_OfMutatedFiles_RefusesOrReads(string path) => Mutants.Check<InvalidDataException>(
        Repository.Path(path),
        13,
        100,
        length => (30 * ((BytesAValue * Limits.ChunkValues) + (4L * Limits.ChunkBytes))) + (BytesAnInputByte * length) + (16 << 20),
        mutant =>
        {
            File.WriteAllBytes(_file, mutant);
            using var reader = ParquetReader.Open(_file, Limits);
            foreach (var field in reader.Schema.Fields)
            {
                Read(reader.Column(field.Name), Math.Min(Rows, reader.RowCount));
            }
        });

    /// <summary>Reads the first rows; what is wrong with one column says nothing of the others.</summary>
    private static void Read(ParquetColumn? column, long rows)
    {
        try
        {
            for (long row = 0; row < rows; row++)
            {
                column?.Read(row);
            }
        }
        catch (InvalidDataException)
        {
            // The documented answer.
        }
    }
}
