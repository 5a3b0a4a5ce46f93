namespace Fovea.Training.Data;

/// <summary>Samples by number. What stays in memory is an index; texts and pictures are read when they are asked for.</summary>
public abstract class SampleSource : IDisposable
{
    private const string Scenes = "scenes:", Parquet = ".parquet";

    private protected SampleSource(string name) => Name = name;

    /// <summary>The file, or what stands for it.</summary>
    public string Name { get; }

    /// <summary>How many samples can be read.</summary>
    public int Count => WordCounts.Count;

    /// <summary>Words of each sample over all its turns, negative for one without pictures; never zero.</summary>
    public abstract IReadOnlyList<int> WordCounts { get; }

    /// <summary>What was found to be wrong when the index was made; these samples have no number.</summary>
    public abstract IReadOnlyList<SkippedSample> Skipped { get; }

    /// <summary>The same text for the same samples in the same order.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Opens a file in LLaVA's format, a Parquet file with the same, or scenes that are drawn.</summary>
    /// <param name="path">A file, which is Parquet if it ends with <c>.parquet</c>, or <c>scenes:</c> with settings such as <c>seed=1,count=20000</c>.</param>
    /// <param name="imageFolder">Where the pictures of the file are; empty = beside the file.</param>
    /// <exception cref="InvalidDataException">The file is no JSON array; or the Parquet file is damaged, or has other columns.</exception>
    /// <exception cref="ArgumentException">A setting of the scenes is unknown or out of its range.</exception>
    /// <exception cref="IOException">The file or the folder cannot be read.</exception>
    public static SampleSource Open(string path, string imageFolder)
    {
        if (path.StartsWith(Scenes, StringComparison.Ordinal))
        {
            return new SceneSamples(path, path[Scenes.Length..]);
        }

        string folder = imageFolder.Length > 0 ? imageFolder : Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
        return IsParquet(path) ? ParquetSamples.Index(path, folder) : ConversationFile.Index(path, folder);
    }

    /// <summary>What the sample is called.</summary>
    public abstract string IdOf(int index);

    /// <summary>Reads a sample and decodes its pictures.</summary>
    /// <exception cref="InvalidDataException">The sample is not what it was when the index was made.</exception>
    /// <exception cref="Imaging.ImageFormatException">A picture cannot be decoded.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public abstract TrainingSample Read(int index);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes files.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Whether a file is to be read and written as Parquet.</summary>
    internal static bool IsParquet(string path) => path.EndsWith(Parquet, StringComparison.OrdinalIgnoreCase);

    /// <summary>Words between blanks over all turns, as the original counts them.</summary>
    internal static int Words(IEnumerable<string> turns) => turns.Sum(turn => turn.Split(null as char[], StringSplitOptions.RemoveEmptyEntries).Length);
}
