using Fovea.Models.Quecc;

namespace Fovea.Tests.Models.Quecc;

[Trait("kind", "reference")]
public sealed class QueryTextTests
{
    [Theory]
    [InlineData("\nWhat is this? ASSISTANT:", "What is this?")]
    [InlineData("\nWhat is this? ASSISTANT: A dog. USER: What color? ASSISTANT:", "What is this?")]
    [InlineData("\nQ\nA. cat\nB. dog\ndirectly. ASSISTANT:", "Q\nA. cat\nB. dog\ndirectly.")]
    [InlineData(" What is this? ASSISTANT:", "What is this?")]
    [InlineData(" Line one.\nLine two. ASSISTANT:", "Line two.")]
    [InlineData("a cat on a mat\n", "")]
    [InlineData("\nHow does the ASSISTANT role work? ASSISTANT: x", "How does the")]
    [InlineData("\nWhat is this? [/INST]", "What is this? [/INST")]
    [InlineData("", "")]
    [InlineData("x", "")]
    [InlineData("ASSISTANT: a\nb", "")]
    public void Extract_ExamplesOfTheReference_GiveItsQuestions(string text, string question) => Assert.Equal(question, QueryText.Extract(text));
}
