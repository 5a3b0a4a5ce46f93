using Fovea.Text;
using Fovea.Training.Data;

namespace Fovea.Tests.Training.Data;

[Trait("kind", "property")]
public sealed class ConversationEncoderTests
{
    private readonly Tokenizer _tokenizer = Tokenizer.Load(Repository.Path("tests/golden/checkpoints/quecc-tiny"));

    [Fact]
    public void Encode_TwoHumanTurns_NamesTheTurn()
    {
        var encoder = new ConversationEncoder(_tokenizer, "v1", 2048);
        ConversationTurn[] turns = [new("human", "a"), new("human", "b")];
        Assert.Contains("Turn 2", Assert.Throws<InvalidDataException>(() => encoder.Encode(turns, hasPicture: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_EndOfRoundInsideAnAnswer_LearnsNothing()
    {
        var encoder = new ConversationEncoder(_tokenizer, "v1", 2048);
        var labelled = encoder.Encode([new("human", "a"), new("gpt", "b</s>c")], hasPicture: false);
        Assert.True(labelled.IsMismatch);
        Assert.All(labelled.Labels, label => Assert.Equal(LabelledPrompt.Ignored, label));
    }

    [Fact]
    public void Encode_LongText_IsCut()
    {
        var labelled = new ConversationEncoder(_tokenizer, "v1", 20).Encode([new("human", "a"), new("gpt", "b")], hasPicture: false);
        Assert.Equal(20, labelled.Ids.Length);
        Assert.Equal(20, labelled.Labels.Length);
    }

    [Fact]
    public void Prompt_EmptyTurn_IsOpen()
    {
        string prompt = ConversationEncoder.Prompt("v1", ["What?", ""]);
        Assert.EndsWith("USER: What? ASSISTANT:", prompt, StringComparison.Ordinal);
        Assert.Equal(prompt, ConversationEncoder.Prompt("v1", ["What?"]));
    }

    [Fact]
    public void Constructor_UnknownTemplate_IsRefused() => Assert.Throws<NotSupportedException>(() => new ConversationEncoder(_tokenizer, "mpt", 10));
}
