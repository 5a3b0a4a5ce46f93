using System.CommandLine;
using Fovea.Cli.Options;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea ask FILE... "QUESTION"</c>: one answer.</summary>
internal static class AskCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var inputs = new Argument<string[]>("FILE... QUESTION") { Description = "picture and video files, if any, and the question", Arity = ArgumentArity.OneOrMore };
        var options = new AnswerOptionSet();
        var command = new ExampleCommand(
            "ask",
            "Answers a question about pictures and videos.",
            "fovea ask models/foveola/demo/demo1.png \"What word is on the sign?\"",
            "fovea ask photo.jpg \"Describe the image.\" --method fastervlm --keep 25% --stats",
            "fovea ask clip.mp4 \"What happens?\" --model ~/models/Qwen2-VL-2B-Instruct --frames 16",
            "fovea ask before.png after.png \"What has changed?\" --model ~/models/llava-1.5-7b-hf --max-tokens 64")
        {
            inputs,
        };
        options.AddTo(command);
        inputs.RefuseOptions();
        command.SetAction(parsed => RunAsync(parsed, parsed.GetValue(inputs) ?? [], options, terminal));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, string[] inputs, AnswerOptionSet options, Terminal terminal) => terminal.Interruption.RunAsync(async cancellation =>
    {
        string question = inputs[^1];
        if (question.Trim().Length == 0 || File.Exists(question))
        {
            throw new ArgumentException($"The question is missing: '{question}' is {(question.Trim().Length == 0 ? "empty" : "a file")}. Write fovea ask FILE... \"QUESTION\".");
        }

        var answer = options.Answer(parsed);
        var loading = options.Loading(parsed);
        long featureCache = options.FeatureCache(parsed);
        var frames = options.Media.Frames(parsed);
        var media = options.Media.Load(parsed, inputs[..^1]);
        using var model = await ModelLoading.LoadAsync(options.Model(parsed), loading, [answer.Plan], featureCache, terminal, cancellation).ConfigureAwait(false);
        var (videos, time) = await media.OpenVideosAsync(model, frames, cancellation).ConfigureAwait(false);
        var writer = new AnswerWriter(terminal, options.Json(parsed), options.Stats(parsed));
        var result = await model.AskAsync(media.Images, videos, question, answer, writer.OnText, cancellation).ConfigureAwait(false);
        result.Report.PictureDecoding = time;
        writer.Finish(result);
        return ExitCode.Success;
    });
}
