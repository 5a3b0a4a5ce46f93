#:project ../src/Fovea/Fovea.csproj
#:property PublishAot=false

// dotnet run samples/Describe.cs PICTURE [MODEL]: describes a picture with a quarter of its visual tokens.
using Fovea;
using Fovea.Imaging;
using Fovea.Reduction;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run samples/Describe.cs PICTURE [MODEL]");
    return 2;
}

using var model = await VisionLanguageModel.LoadAsync(args.Length > 1 ? args[1] : "models/foveola/model");
var options = new AnswerOptions { Plan = ReductionPlan.Of("fastervlm", TokenBudget.KeepRatio(0.25)), MaxNewTokens = 64 };
await foreach (string piece in model.AnswerAsync(Image.Load(args[0]), "Describe the image.", options))
{
    Console.Write(piece);
}

Console.WriteLine();
return 0;
