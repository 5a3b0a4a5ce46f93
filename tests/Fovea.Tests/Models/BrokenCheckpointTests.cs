using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Models;

/// <summary>What a checkpoint of any family says when something in it is wrong.</summary>
[Trait("kind", "property")]
public sealed partial class BrokenCheckpointTests
{
    public static TheoryData<string> Folders => new(TinyModels.Folders);

    /// <summary>Those whose own config describes the encoder; in LLaVA's own layout that of the encoder's folder does.</summary>
    public static TheoryData<string> FoldersWithEncoder =>
        new(TinyModels.Folders.Where(folder => CheckpointFolder.Open(Repository.Path(folder)).Config.TryGetProperty("vision_config", out _)));

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_WithoutAWeight_NamesItAndItsShape(string folder)
    {
        foreach (string name in Chosen(folder))
        {
            var shape = default(Shape);
            string message = Refused(folder, weights =>
            {
                shape = weights[name].Shape;
                weights.Remove(name);
            });
            Contains(message, name, shape.ToString(), "missing");
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfATransposedWeight_NamesItAndBothShapes(string folder)
    {
        foreach (string name in Chosen(folder))
        {
            Shape shape = default, turned = default;
            string message = Refused(folder, weights =>
            {
                shape = weights[name].Shape;
                weights[name] = weights[name].Reshape(shape[1], shape[0]);
                turned = weights[name].Shape;
            });
            Contains(message, name, shape.ToString(), turned.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfAWeightThatHoldsNoFloats_NamesItAndItsType(string folder)
    {
        foreach (string name in Chosen(folder))
        {
            string message = Refused(folder, weights => weights[name] = Tensor.Allocate(ElementType.I32, weights[name].Shape));
            Contains(message, name, nameof(ElementType.I32), "floating-point");
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfAWeightTooMany_NamesIt(string folder) =>
        Contains(Refused(folder, weights => weights["something.else.weight"] = Tensor.Allocate(2, 3)), "something.else.weight");

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfHeadsThatDoNotDivideTheWidth_NamesTheKeyAndTheWidth(string folder)
    {
        string width = "";
        string message = Refused(folder, keys =>
        {
            var text = TextKeys.Of(keys);
            text.Remove("head_dim");
            text["num_attention_heads"] = 7;
            text["num_key_value_heads"] = 7;
            width = text["hidden_size"]!.ToJsonString();
        });
        // A family whose heads have a size of their own may have 7 of them: there the first weight disagrees.
        Assert.Contains(message.Contains("num_attention_heads", StringComparison.Ordinal) ? "num_attention_heads" : "q_proj", message, StringComparison.Ordinal);
        Assert.Contains(width, message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_OfKeyValueHeadsThatDoNotDivideTheHeads_NamesTheKeyAndBothNumbers(string folder)
    {
        string message = Refused(folder, keys =>
        {
            TextKeys.Of(keys)["num_attention_heads"] = 4;
            TextKeys.Of(keys)["num_key_value_heads"] = 3;
        });
        Contains(message, "num_key_value_heads", "4", "3");
    }

    [Theory]
    [MemberData(nameof(FoldersWithEncoder))]
    public void Load_OfEncoderHeadsThatDoNotDivideTheWidth_NamesTheKeyAndTheWidth(string folder)
    {
        string key = "", width = "";
        string message = Refused(folder, keys =>
        {
            var vision = keys["vision_config"] as JsonObject ?? new JsonObject();
            key = vision.ContainsKey("num_heads") ? "num_heads" : "num_attention_heads";
            width = (vision["embed_dim"] ?? vision["hidden_size"] ?? 0).ToJsonString();
            vision[key] = 7;
        });
        Contains(message, key, width);
    }

    /// <summary>The first and the last inner matrix of a feed-forward block, which every family has in encoder and language model.</summary>
    private static IEnumerable<string> Chosen(string folder)
    {
        using var stored = CheckpointFolder.Open(Repository.Path(folder)).OpenWeights();
        string[] names = [.. stored.Names.Where(name => Inner().IsMatch(name)).Order(StringComparer.Ordinal)];
        return [names[0], names[^1]];
    }

    private static string Refused(string folder, Action<Dictionary<string, Tensor>> weights) => Refused(new CheckpointCopy(folder, weights));

    private static string Refused(string folder, Action<JsonObject> config) => Refused(new CheckpointCopy(folder, null, config));

    private static string Refused(CheckpointCopy copy)
    {
        using (copy)
        {
            using var compute = new Compute();
            return Assert.Throws<InvalidDataException>(() => KnownModels.Load(copy.Folder, compute)).Message;
        }
    }

    private static void Contains(string message, params string[] parts) => Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));

    [GeneratedRegex(@"\.(mlp|feed_forward)\.(fc1|linear_fc1|gate_proj|w1)\.weight$")]
    private static partial Regex Inner();
}
