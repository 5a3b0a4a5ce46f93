namespace Fovea.Training.Scenes;

/// <summary>The questions about two objects.</summary>
internal static class SceneComparisons
{
    private const int LeastGap = 8;

    /// <summary>What is beside an object, or whether one is beside another.</summary>
    public static (string, string)? Relation(Scene scene, SceneReferences references, SceneRandom random)
    {
        var known = scene.Objects.Where(item => references.Of(item).Count > 0).ToList();
        return scene.Objects.Count < 2 || known.Count == 0 ? null
            : random.Chance(1, 2) ? Neighbour(scene, known, references, random)
            : known.Count < 2 ? null
            : Beside(known, references, random);
    }

    /// <summary>Which of two objects is larger, or whether one is large.</summary>
    public static (string, string)? Size(Scene scene, SceneReferences references, SceneRandom random)
    {
        var known = scene.Objects.Where(item => references.Plain(item).Count > 0).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var pairs = known.SelectMany(a => known.Where(b => b.IsLarge != a.IsLarge).Select(b => (a, b))).ToList();
        if (pairs.Count > 0 && random.Chance(1, 2))
        {
            var (a, b) = random.Pick(pairs);
            string nameOfA = random.Pick(references.Plain(a)), nameOfB = random.Pick(references.Plain(b));
            bool larger = random.Below(2) == 0;
            return ($"Which is {(larger ? "larger" : "smaller")}, the {nameOfA} or the {nameOfB}?", a.IsLarge == larger ? nameOfA : nameOfB);
        }

        var item = random.Pick(known);
        return ($"Is the {random.Pick(references.Plain(item))} large or small?", item.Size);
    }

    private static (string, string)? Neighbour(Scene scene, List<SceneObject> known, SceneReferences references, SceneRandom random)
    {
        var choices = new List<(SceneObject Item, int Relation, SceneObject Other)>();
        foreach (var item in known)
        {
            var others = scene.Objects.Where(other => !ReferenceEquals(other, item)).Select(other => (Other: other, Direction: SceneReferences.Direction(other, item))).ToList();
            for (int relation = 0; relation < SceneReferences.Relations.Count && others.TrueForAll(other => other.Direction is not null); relation++)
            {
                if (others.FindAll(other => other.Direction == relation) is [var only])
                {
                    choices.Add((item, relation, only.Other));
                }
            }
        }

        if (choices.Count == 0)
        {
            return null;
        }

        var chosen = random.Pick(choices);
        return ($"What is {SceneReferences.Relations[chosen.Relation]} the {random.Pick(references.Of(chosen.Item))}?", chosen.Other.Name);
    }

    private static (string, string)? Beside(List<SceneObject> known, SceneReferences references, SceneRandom random)
    {
        random.Shuffle(known);
        var (a, b) = (known[0], known[1]);
        int relation = random.Below(SceneReferences.Relations.Count);
        int gap = relation switch
        {
            0 => b.X - a.X,
            1 => a.X - b.X,
            2 => b.Y - a.Y,
            _ => a.Y - b.Y,
        };
        return Math.Abs(gap) < LeastGap
            ? null
            : ($"Is the {random.Pick(references.Of(a))} {SceneReferences.Relations[relation]} the {random.Pick(references.Of(b))}?", gap > 0 ? "yes" : "no");
    }
}
