using System.Globalization;

namespace Fovea.Training.Data;

/// <summary>What a source knows of its samples before they are needed: where each is and how many words it has; and those that are of no use.</summary>
/// <param name="file">The source's name.</param>
/// <typeparam name="TPlace">Where a sample is.</typeparam>
internal sealed class SampleIndex<TPlace>(string file)
{
    private readonly List<TPlace> _places = [];
    private readonly List<int> _words = [];
    private readonly List<SkippedSample> _skipped = [];

    /// <summary>Reads a sample as far as the index needs it.</summary>
    /// <param name="id">Becomes the sample's own as soon as it is known.</param>
    /// <returns>Its turns, and whether it has pictures.</returns>
    public delegate (IReadOnlyList<ConversationTurn> Turns, bool HasPictures) SampleReader(ref string id);

    /// <summary>Where a sample is.</summary>
    public TPlace this[int index] => _places[index];

    /// <inheritdoc cref="SampleSource.WordCounts"/>
    public IReadOnlyList<int> WordCounts => _words;

    /// <inheritdoc cref="SampleSource.Skipped"/>
    public IReadOnlyList<SkippedSample> Skipped => _skipped;

    /// <summary>Notes a sample, or why it is of no use.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="number">Its number in the file, from 0.</param>
    /// <param name="read">Reads it.</param>
    public void Add(TPlace place, long number, SampleReader read)
    {
        string id = Numbered(number);
        try
        {
            var (turns, hasPictures) = read(ref id);
            int words = SampleSource.Words(turns.Select(turn => turn.Value));
            _words.Add(words == 0 ? throw new InvalidDataException("it has no words") : hasPictures ? words : -words);
            _places.Add(place);
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException or ArgumentException)
        {
            _skipped.Add(new SkippedSample(file, id, error.Message));
        }
    }

    /// <summary>The id of a sample that has none.</summary>
    public static string Numbered(long number) => $"#{number.ToString(CultureInfo.InvariantCulture)}";
}
