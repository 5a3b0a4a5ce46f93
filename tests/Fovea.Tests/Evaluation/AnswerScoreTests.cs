using Fovea.Evaluation;

namespace Fovea.Tests.Evaluation;

public sealed class AnswerScoreTests
{
    [Theory]
    [InlineData("open", "OPEN", true)]
    [InlineData("  Red triangle. ", "red triangle", true)]
    [InlineData("yes..", "yes", false)]
    [InlineData("top", "top left", false)]
    [InlineData("", "no", false)]
    public void IsExact_OfTwoTexts_LooksPastCaseBlanksAndOneFullStop(string prediction, string answer, bool same) => Assert.Equal(same, AnswerScore.IsExact(prediction, answer));

    [Theory]
    [InlineData("A blue circle and a green ring.", "A green ring and a blue circle.", 1.0)]
    [InlineData("A blue circle.", "A blue circle, a green ring and a white star.", 0.5)]
    [InlineData("A red cross and a red cross.", "A red cross.", 1.0)]
    [InlineData("A red cross.", "A blue cross.", 0.0)]
    [InlineData("", "A blue cross.", 0.0)]
    [InlineData("", "", 0.0)]
    public void ItemF1_OfTwoCaptions_ComparesTheSetsOfThings(string prediction, string answer, double f1) => Assert.Equal(f1, AnswerScore.ItemF1(prediction, answer), 12);
}
