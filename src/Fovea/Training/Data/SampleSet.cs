namespace Fovea.Training.Data;

/// <summary>The samples of several sources, one source behind the other. Disposing it closes them.</summary>
/// <param name="sources">The sources.</param>
public sealed class SampleSet(IReadOnlyList<SampleSource> sources) : IDisposable
{
    /// <summary>Words of each sample, as of <see cref="SampleSource.WordCounts"/>.</summary>
    public IReadOnlyList<int> WordCounts { get; } = [.. sources.SelectMany(source => source.WordCounts)];

    /// <summary>What cannot be used, as far as it is known before pictures are decoded.</summary>
    public IReadOnlyList<SkippedSample> Skipped { get; } = [.. sources.SelectMany(source => source.Skipped)];

    /// <summary>How many samples there are.</summary>
    public int Count => WordCounts.Count;

    /// <summary>The same text for the same samples in the same order.</summary>
    public string Fingerprint { get; } = string.Join(", ", sources.Select(source => source.Fingerprint));

    /// <summary>Opens several sources.</summary>
    /// <param name="paths">What <see cref="SampleSource.Open"/> takes, or a folder: its Parquet files in the order of their names.</param>
    /// <param name="imageFolders">One folder for each path, one for all, or none: the pictures are beside the files.</param>
    /// <exception cref="InvalidDataException">A file is none of samples, or damaged.</exception>
    /// <exception cref="ArgumentException">A setting of scenes is unknown or out of its range.</exception>
    /// <exception cref="IOException">A file or folder cannot be read.</exception>
    public static SampleSet Open(IReadOnlyList<string> paths, IReadOnlyList<string> imageFolders)
    {
        var sources = new List<SampleSource>();
        try
        {
            foreach (var (i, path) in paths.Index())
            {
                string folder = imageFolders.Count == 0 ? "" : imageFolders[imageFolders.Count == 1 ? 0 : i];
                foreach (string file in Files(path))
                {
                    sources.Add(SampleSource.Open(file, folder));
                }
            }

            return new SampleSet(sources);
        }
        catch
        {
            sources.ForEach(source => source.Dispose());
            throw;
        }
    }

    /// <summary>Reads a sample and decodes its pictures.</summary>
    /// <exception cref="InvalidDataException">The file is not what it was when it was opened.</exception>
    /// <exception cref="Imaging.ImageFormatException">A picture cannot be decoded.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public TrainingSample Read(int index)
    {
        var (source, own) = Find(index);
        return source.Read(own);
    }

    /// <summary>A sample that turned out to be wrong when it was needed.</summary>
    public SkippedSample Skip(int index, string reason)
    {
        var (source, own) = Find(index);
        return new SkippedSample(source.Name, source.IdOf(own), reason);
    }

    /// <summary>File and id of a sample.</summary>
    public string NameOf(int index)
    {
        var (source, own) = Find(index);
        return $"{source.IdOf(own)} of {source.Name}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in sources)
        {
            source.Dispose();
        }
    }

    private static string[] Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] shards = [.. Directory.EnumerateFiles(path).Where(SampleSource.IsParquet).Order(StringComparer.Ordinal)];
        return shards.Length > 0 ? shards : throw new FileNotFoundException($"{path} is a folder without .parquet files; name a file of samples.");
    }

    private (SampleSource Source, int Index) Find(int index)
    {
        foreach (var source in sources)
        {
            if (index < source.Count)
            {
                return (source, index);
            }

            index -= source.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}
