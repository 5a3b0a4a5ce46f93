using System.Text;
using Fovea.Text;

namespace Fovea.Tests.Text.Templates;

[Trait("kind", "property")]
public sealed class HostileTemplateTests
{
    private static readonly Dictionary<string, string> NoTokens = [];

    private static readonly ChatTemplateLimits Small = new() { Steps = 20_000, TextLength = 100_000, ListLength = 10_000 };

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{{ 'x' * 100000000000 }}")]
    [InlineData("{{ 'x' * 9223372036854775807 }}")]
    [InlineData("{{ ([0] * 10000) * 10000 }}")]
    [InlineData("{{ 'ab'.replace('', 'x' * 90000) }}")]
    [InlineData("{{ 'ab'.center(99999999999) }}")]
    [InlineData("{{ '%99999999999d' % 1 }}")]
    [InlineData("{{ '{:99999999999}'.format(1) }}")]
    [InlineData("{{ 'a' | indent(99999999999) }}")]
    [InlineData("{{ [[], []] | tojson(indent=99999999999) }}")]
    [InlineData("{{ range(1, 9223372036854775807) }}")]
    [InlineData("{% set n = namespace(s='xx') %}{% for i in range(100) %}{% set n.s = n.s ~ n.s %}{% endfor %}")]
    [InlineData("{% set n = namespace(s='xx') %}{% for i in range(100) %}{% set n.s = n.s | replace('x', n.s) %}{% endfor %}")]
    [InlineData("{% set n = namespace(s=[1, 1]) %}{% for i in range(100) %}{% set n.s = n.s + n.s %}{% endfor %}")]
    [InlineData("{% set n = namespace(s=[]) %}{% for i in range(19000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s }}")]
    [InlineData("{% set n = namespace(s=[]) %}{% for i in range(19000) %}{% set n.s = [n.s] %}{% endfor %}{{ n.s | tojson }}")]
    [InlineData("{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}")]
    [InlineData("{% macro m(n) %}{{ [[[[[[[[m(n + 1)]]]]]]]] }}{% endmacro %}{{ m(0) }}")]
    [InlineData("{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{{ 9223372036854775807 + 1 }}")]
    [InlineData("{{ 10 ** 100 }}")]
    [InlineData("{{ -9223372036854775807 * 3 }}")]
    [InlineData("{{ 99999999999999999999 }}")]
    public void Render_OfATemplateBomb_ReachesALimit(string template)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, NoTokens, Small).Render([], addGenerationPrompt: false));

        Assert.Equal(ChatTemplateError.Limit, error.Error);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{0:", "}")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    [InlineData("1 if 0 else ", "")]
    public void Parse_OfDeepNesting_ReachesALimit(string opening, string closing)
    {
        const int Times = 50_000;
        string template = "{{ " + new StringBuilder().Insert(0, opening, Times) + "1" + new StringBuilder().Insert(0, closing, Times) + " }}";

        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, NoTokens));

        Assert.Equal(ChatTemplateError.Limit, error.Error);
    }

    [Theory]
    [InlineData(" + 1")]
    [InlineData(".a")]
    [InlineData("|upper")]
    [InlineData("[0]")]
    public void Render_OfLongChains_FailsWithoutCrashing(string link)
    {
        string template = "{% if messages %}{{ x" + new StringBuilder().Insert(0, link, 200_000) + " }}{% endif %}";

        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template, NoTokens).Render([ChatMessage.User("x")], addGenerationPrompt: false));
    }

    [Fact]
    public void Render_OfDeepMacroCalls_AllowsAHundredAndFifty()
    {
        var template = ChatTemplate.Parse("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% else %}end{% endif %}{% endmacro %}{{ m(150) }}", NoTokens);

        Assert.Equal("end", template.Render([], addGenerationPrompt: false));
    }

    [Fact]
    public void Render_OfACancelledRequest_Stops()
    {
        var template = ChatTemplate.Parse("{% for i in range(100000) %}{% for j in range(10) %}{% endfor %}{% endfor %}", NoTokens);

        Assert.Throws<OperationCanceledException>(() => template.Render([], false, new ChatTemplateOptions { Cancellation = new CancellationToken(canceled: true) }));
    }
}
