using Fovea.Imaging;
using Fovea.Training.Differentiable;

namespace Fovea.Tests.Training.Differentiable;

public sealed class PackedBatchTests
{
    private const int Picture = TrainingSequence.Picture;

    private static readonly Image Shown = TinyModels.Picture(8, 8, 1);

    [Fact]
    public void Pack_OfPictures_PutsTheirRowsInTheirPlaces()
    {
        var batch = new PackedBatch([new([1, Picture, 7, Picture], [-100, -100, 7, -100], [Shown, Shown]), new([2, 8], [-100, 8], [])], visualTokens: 2, longest: 100);
        Assert.Equal([6, 2], batch.Lengths);
        Assert.Equal([1, Picture, Picture, 7, Picture, Picture, 2, 8], batch.Tokens);
        Assert.Equal([-100, -100, -100, 7, -100, -100, -100, 8], batch.Labels);
        Assert.Equal([1, 7, 2, 8], batch.Words);
        Assert.Equal([0, 4, 5, 1, 6, 7, 2, 3], batch.Places());
        Assert.Equal([2, 6], batch.LearntRows);
        Assert.Equal([7, 8], batch.LearntLabels);
    }

    [Fact]
    public void Pack_OfAPictureInAnAnswer_DoesNotLearnIt()
    {
        var batch = new PackedBatch([new([1, 5, Picture, 6], [-100, 5, Picture, 6], [Shown])], visualTokens: 3, longest: 100);
        Assert.Equal(2, batch.ValidLabels);
        Assert.Equal([-100, 5, -100, -100, -100, 6], batch.Labels);
    }

    [Fact]
    public void Pack_OfALabelAtTheVeryBeginning_IsNothingsNextToken() => Assert.Equal(1, new PackedBatch([new([4, 5], [4, 5], [])], 1, 100).ValidLabels);

    [Fact]
    public void Pack_OfMoreThanTheLongest_CutsThroughThePicture()
    {
        var batch = new PackedBatch([new([1, Picture, 7], [-100, -100, 7], [Shown]), new([Picture, 9], [-100, 9], [Shown])], visualTokens: 4, longest: 3);
        Assert.Equal([3, 3], batch.Lengths);
        Assert.Equal([1, Picture, Picture, Picture, Picture, Picture], batch.Tokens);
        Assert.Equal([0, 1, 2, 5, 6, 7], batch.Places());
        Assert.Equal(0, batch.ValidLabels);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Pack_OfOtherNumbersOfLabelsOrPictures_Throws(int labels, int pictures) => Assert.Throws<ArgumentException>(
        () => new PackedBatch([new([1, Picture], [.. Enumerable.Repeat(-100, 2 + labels)], [.. Enumerable.Repeat(Shown, 1 + pictures)])], 2, 100));
}
