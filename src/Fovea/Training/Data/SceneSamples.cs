using System.Globalization;
using Fovea.Training.Scenes;

namespace Fovea.Training.Data;

/// <summary>Scenes of foveola's world that are drawn when they are asked for.</summary>
internal sealed class SceneSamples : SampleSource
{
    private const int MostScenes = 10_000_000;
    private readonly SceneDataset _scenes;
    private readonly List<(ulong Scene, ulong Questions)> _seeds = [];
    private readonly List<int> _words = [];

    /// <summary>Reads <c>seed=1,count=20000,questions=12,turns=1,max_objects=5,sign_percent=50,scale=1</c>; what is left out has these values, but for turns, of which there are all; count must be there.</summary>
    public SceneSamples(string name, string settings)
        : base(name)
    {
        int count = 0;
        _scenes = new SceneDataset();
        foreach (string setting in settings.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = setting.Split('=', 2);
            string key = pair[0], value = pair.ElementAtOrDefault(1) ?? "";
            _scenes = key switch
            {
                "seed" => _scenes with { Seed = (ulong)Number(key, value, long.MaxValue) },
                "questions" => _scenes with { Questions = (int)Number(key, value, 1000, 1) },
                "turns" => _scenes with { Turns = (int)Number(key, value, 1000, 1) },
                "max_objects" => _scenes with { MostObjects = (int)Number(key, value, 100, 1) },
                "sign_percent" => _scenes with { SignPercent = (int)Number(key, value, 100) },
                "scale" when value is "1" or "2" or "4" => _scenes with { Scale = value[0] - '0' },
                "count" => _scenes,
                _ => throw new ArgumentException($"{name}: '{setting}' is none of seed, count, questions, turns, max_objects, sign_percent and scale (1, 2 or 4)."),
            };
            count = key == "count" ? (int)Number(key, value, MostScenes, 1) : count;
        }

        if (count == 0)
        {
            throw new ArgumentException($"{name}: count is missing; say how many scenes to draw.");
        }

        foreach (var (seeds, words) in _scenes.Seeds().Select(seeds => (seeds, Words(seeds))).Where(scene => scene.Item2 > 0).Take(count))
        {
            _seeds.Add(seeds);
            _words.Add(words);
        }
    }

    public override IReadOnlyList<int> WordCounts => _words;

    public override IReadOnlyList<SkippedSample> Skipped => [];

    public override string Fingerprint => $"{_scenes} {Count}";

    public override string IdOf(int index) => index.ToString("D6", CultureInfo.InvariantCulture);

    public override TrainingSample Read(int index)
    {
        var (scene, questions) = _scenes.Draw(_seeds[index].Scene, _seeds[index].Questions) ?? throw new InvalidDataException($"{Name}: scene {index} gives no question.");
        return new TrainingSample([.. SceneDataset.Conversation(questions)], [SceneRenderer.Render(scene, _scenes.Scale)]);
    }

    /// <summary>Words of a scene's conversation; none if it gives no question.</summary>
    private int Words((ulong Scene, ulong Questions) seeds) =>
        _scenes.Draw(seeds.Scene, seeds.Questions) is var (_, questions) ? Words(SceneDataset.Conversation(questions).Select(turn => turn.Value)) : 0;

    private long Number(string key, string value, long most, long least = 0) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{Name}: {key} is '{value}'; it must be a whole number from {least} to {most}.");
}
