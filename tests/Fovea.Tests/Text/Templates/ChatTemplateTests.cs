using System.Text.Json;
using Fovea.Text;

namespace Fovea.Tests.Text.Templates;

[Trait("kind", "reference")]
public sealed class ChatTemplateTests
{
    private static readonly Dictionary<string, string> Tokens = new() { ["bos_token"] = "<s>" };

    [Fact]
    public void Load_OfTheShippedModel_RendersImageAndQuestion()
    {
        var template = Assert.IsType<ChatTemplate>(ChatTemplate.Load(Repository.Path("models/foveola/model")));

        string prompt = template.Render([ChatMessage.User("What is it?", images: 1)], addGenerationPrompt: true);

        Assert.Contains("<image>", prompt, StringComparison.Ordinal);
        Assert.Contains("What is it?", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAFolderWithoutTemplate_GivesNull() => Assert.Null(ChatTemplate.Load(Repository.Path("eng")));

    [Theory]
    [InlineData("{% for m in messages %}{% for c in m.content %}{% if c.type == 'text' %}{{ c.text }}{% endif %}{% endfor %}{% endfor %}")]
    [InlineData("{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}{% for c in m.content if c.type == 'text' %}{{ c.text }}{% endfor %}{% endif %}{% endfor %}")]
    [InlineData("{% for m in messages %}{{ m['content'] }}{% endfor %}")]
    public void Render_OfATextMessage_ShowsItHoweverTheTemplateReadsContent(string template) =>
        Assert.Equal("Hi", ChatTemplate.Parse(template, Tokens).Render([ChatMessage.User("Hi")], addGenerationPrompt: false));

    [Fact]
    public void Render_OfAVariableNamedAsASpecialToken_PrefersTheVariable()
    {
        var options = new ChatTemplateOptions { Variables = new Dictionary<string, JsonElement> { ["bos_token"] = JsonDocument.Parse("\"B\"").RootElement } };

        Assert.Equal("B", ChatTemplate.Parse("{{ bos_token }}", Tokens).Render([], addGenerationPrompt: false, options));
    }

    [Fact]
    public void Render_OfAGenerationBlockAtTheStart_KeepsItsRangeUnlessTold()
    {
        var template = ChatTemplate.Parse("{% generation %}é😀{% endgeneration %}b", Tokens);
        var none = JsonDocument.Parse("[]").RootElement;

        Assert.Equal([(0, 2)], template.Render(none, addGenerationPrompt: false).GenerationRanges);
        Assert.Empty(template.Render(none, false, new ChatTemplateOptions { SkipsFirstGenerationRange = true }).GenerationRanges);
    }

    [Fact]
    public void Render_OfAnUnknownName_IsAnErrorOfTheRequest()
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("x", Tokens).Render([], false, new ChatTemplateOptions { Name = "rag" }));

        Assert.Equal(ChatTemplateError.Request, error.Error);
    }

    [Fact]
    public void Render_OfExtraFields_HandsThemToTheTemplate()
    {
        var message = ChatMessage.Assistant("x") with { Fields = new Dictionary<string, JsonElement> { ["name"] = JsonDocument.Parse("\"N\"").RootElement } };

        Assert.Equal("N", ChatTemplate.Parse("{{ messages[0].name }}", Tokens).Render([message], addGenerationPrompt: false));
    }
}
