using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Models;

[Trait("kind", "property")]
public sealed class ConversationFormatTests
{
    private static readonly string[] Files = ["chat_template.json", "chat_template.jinja", "tokenizer_config.json", "processor_config.json"];

    public static TheoryData<string> Folders => new(TinyModels.Folders);

    /// <summary>A family's checkpoints carry the template that its built-in format stands in for.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Prompt_OfACheckpointWithoutItsTemplate_IsTheSame(string folder)
    {
        using var copy = new CheckpointCopy(folder);
        foreach (string file in Files.Select(name => Path.Combine(copy.Folder, name)).Where(File.Exists))
        {
            if (Path.GetFileName(file).StartsWith("chat_template", StringComparison.Ordinal))
            {
                File.Delete(file);
                continue;
            }

            var keys = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            keys.Remove("chat_template");
            File.WriteAllText(file, keys.ToJsonString());
        }

        using var compute = new Compute();
        using var bare = KnownModels.Load(copy.Folder, compute);
        ChatMessage[] messages = [ChatMessage.User("What is it?", 1)];
        Assert.Equal(TinyModels.Load(folder).Prompt(messages), bare.Prompt(messages));
        Assert.NotEmpty(bare.Prompt([ChatMessage.User("What?"), ChatMessage.Assistant("A fox."), ChatMessage.User("Why?")]));
    }
}
