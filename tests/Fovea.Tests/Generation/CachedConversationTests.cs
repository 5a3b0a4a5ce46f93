using Fovea.Generation;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Generation;

[Trait("kind", "property")]
public sealed class CachedConversationTests
{
    public static TheoryData<string> Folders => new(TinyModels.Folders);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Generate_OnACachedConversation_EqualsTheWholePromptAtOnce(string folder)
    {
        var (cached, goesOn) = Continue(folder, 0);
        Assert.Equal(goesOn, cached > 0);
    }

    /// <summary>Where the number of pictures decides how each is cut, nothing of the first turn can be used again.</summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public void Generate_WithAnotherPictureInALaterTurn_EqualsTheWholePromptAtOnce(string folder) => Continue(folder, 1);

    [Theory]
    [MemberData(nameof(Folders))]
    public void Generate_OfAPromptWithTooManyPlaceholders_GivesBothCounts(string folder)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var request = Request(model, [ChatMessage.User("What is in the image?", 2)], null, 1);
        string message = Assert.Throws<ArgumentException>(() => new Generator(model, compute).Generate(request)).Message;
        Assert.Contains("2 image placeholders", message, StringComparison.Ordinal);
        Assert.Contains("1 images", message, StringComparison.Ordinal);
    }

    /// <summary>Two turns on one cache: the tokens that the second found there, and whether its prompt begins with all of the first.</summary>
    private static (int CachedTokens, bool GoesOn) Continue(string folder, int newPictures)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var first = ChatMessage.User("What is in the image?", 1);
        var opened = new Generator(model, compute).Generate(Request(model, [first], sequence, 1));
        ChatMessage[] all = [first, ChatMessage.Assistant(opened.Text), ChatMessage.User("And here?", newPictures)];
        int[] pictures = [.. Enumerable.Range(1, 1 + newPictures)];
        var continued = new LogitsObserver();
        var result = new Generator(model, compute, continued).Generate(Request(model, all, sequence, pictures));
        var whole = new LogitsObserver();
        new Generator(model, compute, whole).Generate(Request(model, all, null, pictures));
        Assert.All(continued.Steps[0][0].Zip(whole.Steps[0][0]), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        return (result.Report.CachedTokens, model.Encode(model.Prompt(all)).AsSpan().StartsWith(model.Encode(model.Prompt([first]))));
    }

    private static GenerationRequest Request(MultimodalModel model, IReadOnlyList<ChatMessage> messages, Sequence? sequence, params int[] pictures) => new()
    {
        Prompt = model.Prompt(messages),
        Images = [.. pictures.Select(seed => TinyModels.Picture(50 + (9 * seed), 40 + (5 * seed), seed))],
        MaxNewTokens = 3,
        EndTokens = [],
        Sequence = sequence,
    };
}
