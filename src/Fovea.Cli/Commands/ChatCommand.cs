using System.CommandLine;
using Fovea.Cli.Options;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea chat IMAGE...</c>: several questions on one cache.</summary>
internal static class ChatCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var images = new Argument<string[]>("IMAGE") { Description = "picture files that the first question is about", Arity = ArgumentArity.ZeroOrMore };
        var options = new AnswerOptionSet();
        var command = new ExampleCommand(
            "chat",
            "Answers question after question about the same pictures. Questions are lines of standard input; an empty line or Ctrl-D ends, Ctrl-C stops an answer.",
            "fovea chat models/foveola/demo/demo1.png",
            "fovea chat photo.jpg --method fastv --keep 50% --stats",
            "printf 'What color is the circle?\\nWhere is it?\\n' | fovea chat models/foveola/demo/demo2.png --json")
        {
            images,
        };
        options.AddTo(command);
        images.RefuseOptions();
        command.SetAction(async parsed =>
        {
            var answer = options.Answer(parsed);
            var pictures = PictureFiles.Load(parsed.GetValue(images) ?? []);
            using var model = await terminal.Interruption.RunAsync(stop => ModelLoading.LoadAsync(options.Model(parsed), [answer.Plan], terminal, stop)).ConfigureAwait(false);
            using var conversation = model.StartConversation();
            await TalkAsync(conversation, pictures, answer, terminal, new AnswerWriter(terminal, options.Json(parsed), options.Stats(parsed))).ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task TalkAsync(Conversation conversation, PictureFiles pictures, AnswerOptions options, Terminal terminal, AnswerWriter writer)
    {
        while (await ReadAsync(terminal).ConfigureAwait(false) is { Length: > 0 } question)
        {
            bool first = conversation.Messages.Count == 0;
            try
            {
                var result = await terminal.Interruption
                    .RunAsync(stop => conversation.AskAsync(question, first ? pictures.Images : [], options, writer.OnText, stop)).ConfigureAwait(false);
                result.Report.PictureDecoding = first ? pictures.Time : TimeSpan.Zero;
                writer.Finish(result);
            }
            catch (OperationCanceledException)
            {
                writer.Stop();
            }
        }
    }

    private static async Task<string?> ReadAsync(Terminal terminal)
    {
        if (terminal.IsInteractive)
        {
            await terminal.Error.WriteAsync("> ").ConfigureAwait(false);
        }

        return (await terminal.In.ReadLineAsync().ConfigureAwait(false))?.Trim();
    }
}
