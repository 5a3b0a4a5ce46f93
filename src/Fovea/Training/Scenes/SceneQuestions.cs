using System.Globalization;

namespace Fovea.Training.Scenes;

/// <summary>Asks questions about scenes, as <c>models/foveola/GENERATOR.md</c> has it.</summary>
public static class SceneQuestions
{
    private static readonly (string Kind, int Share)[] Shares =
        [("color", 22), ("shape", 6), ("count", 14), ("exist", 10), ("where", 14), ("relation", 24), ("size", 12), ("caption", 6)];

    private static readonly string[] Bag = [.. Shares.SelectMany(entry => Enumerable.Repeat(entry.Kind, entry.Share))];

    /// <summary>Several different questions, in the mixture that the shipped model was trained with at last.</summary>
    /// <param name="scene">A scene with an object.</param>
    /// <param name="random">Where to draw from.</param>
    /// <param name="most">Most questions.</param>
    public static IReadOnlyList<SceneQuestion> Draw(Scene scene, SceneRandom random, int most)
    {
        List<string> kinds = scene.Sign is null ? [] : ["ocr"];
        kinds.AddRange([.. Enumerable.Range(0, 2 * most).Select(_ => random.Pick(Bag))]);
        var questions = new List<SceneQuestion>();
        foreach (string kind in kinds.TakeWhile(_ => questions.Count < most))
        {
            if (Ask(kind, scene, random) is { } asked && !questions.Exists(other => other.Text == asked.Text))
            {
                questions.Add(asked);
            }
        }

        random.Shuffle(questions);
        return questions;
    }

    /// <summary>One question of a kind, or none if the scene gives none.</summary>
    /// <param name="kind">color, shape, count, exist, where, relation, size, ocr or caption.</param>
    /// <param name="scene">A scene with an object.</param>
    /// <param name="random">Where to draw from.</param>
    /// <exception cref="ArgumentException">There is no such kind, or the scene is empty.</exception>
    public static SceneQuestion? Ask(string kind, Scene scene, SceneRandom random)
    {
        if (scene.Objects.Count == 0)
        {
            throw new ArgumentException("A scene without objects gives no questions.", nameof(scene));
        }

        var references = new SceneReferences(scene);
        (string Question, string Answer)? asked = kind switch
        {
            "color" => Color(scene, references, random),
            "shape" => Shape(scene, random),
            "count" => Count(scene, random),
            "exist" => Exist(scene, random),
            "where" => Where(scene, references, random),
            "relation" => SceneComparisons.Relation(scene, references, random),
            "size" => SceneComparisons.Size(scene, references, random),
            "ocr" => Read(scene, random),
            "caption" => Caption(scene, random),
            _ => throw new ArgumentException($"There is no kind of question {kind}.", nameof(kind)),
        };
        return asked is var (question, answer) ? new SceneQuestion(kind, question, answer) : null;
    }

    private static (string, string)? Color(Scene scene, SceneReferences references, SceneRandom random)
    {
        var known = scene.Objects.Where(item => references.Of(item, withColor: false).Count > 0).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var item = random.Pick(known);
        var (before, after) = random.Pick<(string, string)>([("What color is the ", "?"), ("What is the color of the ", "?")]);
        return (before + random.Pick(references.Of(item, withColor: false)) + after, item.Color);
    }

    private static (string, string)? Shape(Scene scene, SceneRandom random)
    {
        var known = scene.Objects.Where(item => scene.Objects.Count(other => other.Color == item.Color && other.IsLarge == item.IsLarge) == 1).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var item = random.Pick(known);
        List<string> questions = [$"What is the {item.Size} {item.Color} shape?"];
        if (scene.Objects.Count(other => other.Color == item.Color) == 1)
        {
            questions.AddRange([$"What is the {item.Color} shape?", $"Which shape is {item.Color}?"]);
        }

        return (random.Pick(questions), item.Shape);
    }

    private static (string, string)? Count(Scene scene, SceneRandom random)
    {
        int roll = random.Below(10);
        if (roll < 3)
        {
            return ("How many shapes are there?", Number(scene.Objects.Count));
        }

        if (roll < 6)
        {
            string color = random.Chance(3, 4) ? random.Pick(scene.Objects).Color : random.Pick(ScenePalette.Colors);
            return ($"How many {color} shapes are there?", Number(scene.Objects.Count(item => item.Color == color)));
        }

        if (roll < 9)
        {
            string shape = random.Chance(3, 4) ? random.Pick(scene.Objects).Shape : random.Pick(ScenePalette.Shapes);
            string plural = ScenePalette.Plurals.First(word => word.StartsWith(shape, StringComparison.Ordinal));
            return ($"How many {plural} are there?", Number(scene.Objects.Count(item => item.Shape == shape)));
        }

        string size = random.Pick(ScenePalette.Sizes);
        return ($"How many {size} shapes are there?", Number(scene.Objects.Count(item => item.Size == size)));
    }

    private static (string, string)? Exist(Scene scene, SceneRandom random)
    {
        bool yes = random.Below(2) == 1;
        int roll = random.Below(10);
        if (roll == 9)
        {
            return ("Is there a sign?", scene.Sign is null ? "no" : "yes");
        }

        string? noun = roll < 5 ? (yes ? random.Pick(scene.Objects).Name : AbsentPair(scene, random))
            : roll < 7 ? Listed(ScenePalette.Shapes, item => item.Shape)
            : $"{Listed(ScenePalette.Colors, item => item.Color)} shape";
        return noun is null ? null : ($"Is there {SceneReferences.WithArticle(noun)}?", yes ? "yes" : "no");

        string Listed(IReadOnlyList<string> all, Func<SceneObject, string> of) => random.Pick([.. all.Where(word => scene.Objects.Any(item => of(item) == word) == yes)]);
    }

    private static string? AbsentPair(Scene scene, SceneRandom random)
    {
        const int Tries = 20;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            bool hard = random.Chance(1, 2);
            string color = hard ? random.Pick(scene.Objects).Color : random.Pick(ScenePalette.Colors);
            string shape = hard ? random.Pick(scene.Objects).Shape : random.Pick(ScenePalette.Shapes);
            if (!scene.Objects.Any(item => item.Color == color && item.Shape == shape))
            {
                return $"{color} {shape}";
            }
        }

        return null;
    }

    private static (string, string)? Where(Scene scene, SceneReferences references, SceneRandom random)
    {
        var known = new List<(List<string> References, string Place)>();
        foreach (var item in scene.Objects)
        {
            if (references.Of(item) is { Count: > 0 } texts && SceneReferences.Place(item.X, item.Y) is { } place)
            {
                known.Add((texts, place));
            }
        }

        if (scene.Sign is { } sign && SceneReferences.Place(sign.Center.X, sign.Center.Y) is { } there)
        {
            known.Add((["sign"], there));
        }

        if (known.Count == 0)
        {
            return null;
        }

        var chosen = random.Pick(known);
        return ($"Where is the {random.Pick(chosen.References)}?", chosen.Place);
    }

    private static (string, string)? Read(Scene scene, SceneRandom random) => scene.Sign is { } sign
        ? (random.Pick([$"What {sign.What} {(sign.What == "letters" ? "are" : "is")} on the sign?", "What does the sign say?"]), sign.Text)
        : null;

    private static (string, string)? Caption(Scene scene, SceneRandom random)
    {
        var items = scene.Objects.Select(item => (item.X, Text: SceneReferences.WithArticle(item.Name))).ToList();
        if (scene.Sign is { } sign)
        {
            items.Add((sign.Center.X, $"a sign that says {sign.Text}"));
        }

        items = [.. items.OrderBy(item => item.X)];
        if (items.Count > 4 || items.Zip(items.Skip(1)).Any(pair => pair.Second.X - pair.First.X < 3))
        {
            return null;
        }

        string text = items.Count == 1 ? items[0].Text : $"{string.Join(", ", items.SkipLast(1).Select(item => item.Text))} and {items[^1].Text}";
        return (random.Pick(["Describe the image.", "What is in the picture?"]), $"{char.ToUpperInvariant(text[0])}{text[1..]}.");
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
