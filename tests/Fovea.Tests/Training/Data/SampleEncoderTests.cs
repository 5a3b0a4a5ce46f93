using Fovea.Imaging;
using Fovea.Models;
using Fovea.Text;
using Fovea.Training.Data;
using Fovea.Training.Differentiable;

namespace Fovea.Tests.Training.Data;

[Trait("kind", "property")]
public sealed class SampleEncoderTests
{
    private static readonly string Model = Repository.Path("models/foveola/model");
    private static readonly ConversationTurn[] Turns =
        [new("human", "<image>\nWhat color is the circle?"), new("gpt", "red"), new("human", "Is there a star?"), new("gpt", "no")];

    [Fact]
    public void Encode_InTheModelsTemplate_LearnsTheAnswersAndTheirEnds()
    {
        var sequence = Encoder(SampleEncoder.OwnTemplate).Encode(new TrainingSample(Turns, [Picture(96, 96)]));
        var tokenizer = Tokenizer.Load(Model);
        int[] learnt = [.. sequence.Labels.Where(label => label != LabelledPrompt.Ignored)];
        Assert.Equal(" red</s> no</s>", tokenizer.Decode(learnt, skipSpecialTokens: false));
        Assert.All(sequence.Labels.Zip(sequence.Tokens), pair => Assert.True(pair.First == pair.Second || pair.First == LabelledPrompt.Ignored));
        Assert.Single(sequence.Tokens, token => token == TrainingSequence.Picture);
        string asked = "USER: <image>\nWhat color is the circle? ASSISTANT: red</s>USER: Is there a star? ASSISTANT: no</s>";
        int image = tokenizer.IdOf("<image>") ?? 0;
        Assert.Equal(tokenizer.EncodePrompt(asked), sequence.Tokens.Select(token => token == TrainingSequence.Picture ? image : token));
    }

    [Fact]
    public void Encode_OfATextAlone_LeavesThePlaceholderAText()
    {
        var sequence = Encoder(SampleEncoder.OwnTemplate).Encode(new TrainingSample([new("human", "What?"), new("gpt", "red")], []));
        Assert.DoesNotContain(TrainingSequence.Picture, sequence.Tokens);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("chat_template")]
    public void Encode_OfALongSample_CutsItWithItsVisualTokens(string version)
    {
        var whole = Encoder(version).Encode(new TrainingSample(Turns, [Picture(96, 96)]));
        int length = whole.Tokens.Count + 143;
        var cut = Encoder(version, length - 1).Encode(new TrainingSample(Turns, [Picture(96, 96)]));
        Assert.Equal(whole.Tokens.SkipLast(1), cut.Tokens);
        Assert.Equal(cut.Tokens.Count, cut.Labels.Count);
    }

    [Fact]
    public void Encode_OfASampleWithoutAnAnswerThatFits_IsRefused() =>
        Assert.Contains("no answer within 100 tokens", Refused(SampleEncoder.OwnTemplate, 100, Turns, 1), StringComparison.Ordinal);

    [Theory]
    [InlineData("chat_template")]
    [InlineData("v1")]
    public void Encode_OfMorePicturesThanPlaces_IsRefused(string version) =>
        Assert.Contains("2 pictures for 1 places", Refused(version, 2048, Turns, 2), StringComparison.Ordinal);

    [Theory]
    [InlineData("chat_template")]
    [InlineData("v1")]
    public void Encode_OfTurnsThatDoNotAlternate_NamesTheTurn(string version) =>
        Assert.Contains("Turn 2", Refused(version, 2048, [new("human", "a"), new("human", "b")], 0), StringComparison.Ordinal);

    [Fact]
    public void Encode_WithPadding_MakesPicturesSquare()
    {
        var encoder = new SampleEncoder(CheckpointFolder.Open(Model), "v1", 2048, 144, padsPictures: true);
        var picture = encoder.Encode(new TrainingSample(Turns, [Picture(40, 20)])).Images[0];
        Assert.Equal((40, 40), (picture.Width, picture.Height));
    }

    private static string Refused(string version, int longest, ConversationTurn[] turns, int pictures) =>
        Assert.Throws<InvalidDataException>(() => Encoder(version, longest).Encode(new TrainingSample(turns, [.. Enumerable.Range(0, pictures).Select(_ => Picture(8, 8))]))).Message;

    private static SampleEncoder Encoder(string version, int longest = 2048) => new(CheckpointFolder.Open(Model), version, longest, 144, padsPictures: false);

    private static Image Picture(int width, int height) => new(width, height, new byte[3 * width * height]);
}
