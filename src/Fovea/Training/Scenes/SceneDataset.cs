using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fovea.Imaging;
using Fovea.Training.Data;

namespace Fovea.Training.Scenes;

/// <summary>An endless, reproducible sequence of scenes with questions, and what to write of it as files in LLaVA's format.</summary>
public sealed record SceneDataset
{
    /// <summary>The file that lists the conversations.</summary>
    public const string ConversationsFile = "conversations.json";

    private const string ImageFolder = "images";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Equal seeds give equal sequences; a longer one begins with the shorter.</summary>
    public ulong Seed { get; init; }

    /// <summary>Most questions that are drawn for a picture, at least 1. With a sign one of them is about what it says.</summary>
    public int Questions { get; init; } = 12;

    /// <summary>Most of the drawn questions that are asked; none = all. Few of many drawn keep the kinds in proportion, where few drawn would mostly be about signs.</summary>
    public int? Turns { get; init; }

    /// <summary>Most objects, at least 1; beside a sign there are at most four.</summary>
    public int MostObjects { get; init; } = 5;

    /// <summary>How many scenes of a hundred have a sign.</summary>
    public int SignPercent { get; init; } = 50;

    /// <summary>Pixels per unit pixel of the files: 1, 2 or 4.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>Draws the sequence. Scenes that give no question are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public IEnumerable<(Scene Scene, IReadOnlyList<SceneQuestion> Questions)> Draw()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Questions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Turns ?? 1, 1);
        return Seeds().Select(seeds => Draw(seeds.Scene, seeds.Questions)).OfType<(Scene, IReadOnlyList<SceneQuestion>)>();
    }

    /// <summary>What scenes and their questions are drawn from, one pair after the other, those that give no question included.</summary>
    internal IEnumerable<(ulong Scene, ulong Questions)> Seeds()
    {
        var seeds = new SceneRandom(Seed);
        while (true)
        {
            yield return (seeds.Next(), seeds.Next());
        }
    }

    /// <summary>One scene with its questions; none if it gives no question.</summary>
    internal (Scene Scene, IReadOnlyList<SceneQuestion> Questions)? Draw(ulong scene, ulong questions)
    {
        var drawn = Scene.Draw(scene, MostObjects, SignPercent);
        return drawn.Objects.Count > 0 && SceneQuestions.Draw(drawn, new SceneRandom(questions), Questions) is { Count: > 0 } asked
            ? (drawn, [.. asked.Take(Turns ?? asked.Count)])
            : null;
    }

    /// <summary>The questions about a picture as the turns of one conversation, the picture in the first.</summary>
    internal static IEnumerable<ConversationTurn> Conversation(IEnumerable<SceneQuestion> questions) => questions.Index().SelectMany(asked => (ConversationTurn[])
    [
        new("human", asked.Index == 0 ? $"<image>\n{asked.Item.Text}" : asked.Item.Text),
        new("gpt", asked.Item.Answer),
    ]);

    /// <summary>
    /// Writes the first pictures, with the questions about each as the turns of one conversation: as <c>images/NNNNNN.png</c> and, last of all,
    /// <see cref="ConversationsFile"/>; or everything as one Parquet file, of which nothing stays if it is not finished.
    /// </summary>
    /// <param name="target">A folder, made if it is not there; or a file that ends with <c>.parquet</c>.</param>
    /// <param name="count">Pictures, at least 1.</param>
    /// <param name="progress">Told the pictures that are written.</param>
    /// <param name="cancellation">Stops between pictures.</param>
    /// <exception cref="IOException">The folder has conversations already, the file is there, or a file cannot be written.</exception>
    public void Write(string target, int count, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        bool isParquet = SampleSource.IsParquet(target);
        string file = isParquet ? target : Path.Combine(target, ConversationsFile);
        if (File.Exists(file))
        {
            throw new IOException($"{file} is there already; choose another {(isParquet ? "name" : "folder")}.");
        }

        var scenes = Pictures(count, progress, cancellation);
        if (isParquet)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
            SceneParquet.Write(file, scenes);
        }
        else
        {
            WriteFolder(target, file, scenes);
        }
    }

    private IEnumerable<(string Id, Image Picture, IReadOnlyList<SceneQuestion> Questions)> Pictures(int count, Action<int>? progress, CancellationToken cancellation)
    {
        foreach (var (index, (scene, questions)) in Draw().Take(count).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return (index.ToString("D6", CultureInfo.InvariantCulture), SceneRenderer.Render(scene, Scale), questions);
            progress?.Invoke(index + 1);
        }
    }

    private static void WriteFolder(string folder, string file, IEnumerable<(string Id, Image Picture, IReadOnlyList<SceneQuestion> Questions)> scenes)
    {
        string unfinished = file + ".part";
        Directory.CreateDirectory(Path.Combine(folder, ImageFolder));
        using (var stream = File.Create(unfinished))
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartArray();
            foreach (var (id, picture, questions) in scenes)
            {
                string image = $"{ImageFolder}/{id}.png";
                picture.SavePng(Path.Combine(folder, image));
                Write(json, id, image, questions);
                json.Flush();
            }

            json.WriteEndArray();
        }

        File.Move(unfinished, file);
    }

    private static void Write(Utf8JsonWriter json, string id, string image, IReadOnlyList<SceneQuestion> questions)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("image", image);
        json.WriteStartArray("conversations");
        foreach (var turn in Conversation(questions))
        {
            json.WriteStartObject();
            json.WriteString("from", turn.From);
            json.WriteString("value", turn.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
