using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Generation;
using Fovea.Imaging;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea chat FILE...</c>: several questions on one cache.</summary>
internal static class ChatCommand
{
    private const string Add = "/add ";

    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "picture and video files that the first question is about", Arity = ArgumentArity.ZeroOrMore };
        var options = new AnswerOptionSet();
        var command = new ExampleCommand(
            "chat",
            $"Answers question after question about the same pictures and videos. Questions are lines of standard input; '{Add}FILE' shows one more with the next question; an empty line or Ctrl-D ends, Ctrl-C stops an answer.",
            "fovea chat models/foveola/demo/demo1.png",
            "fovea chat photo.jpg --method fastv --keep 50% --stats",
            "printf 'What color is the circle?\\nWhere is it?\\n' | fovea chat models/foveola/demo/demo2.png --json")
        {
            files,
        };
        options.AddTo(command);
        files.RefuseOptions();
        command.SetAction(async parsed =>
        {
            var answer = options.Answer(parsed);
            var loading = options.Loading(parsed);
            long featureCache = options.FeatureCache(parsed);
            var frames = options.Media.Frames(parsed);
            var media = options.Media.Load(parsed, parsed.GetValue(files) ?? []);
            using var model = await terminal.Interruption.RunAsync(stop => ModelLoading.LoadAsync(options.Model(parsed), loading, [answer.Plan], featureCache, terminal, stop)).ConfigureAwait(false);
            var talk = new Talk(model, answer, frames, terminal, new AnswerWriter(terminal, options.Json(parsed), options.Stats(parsed)));
            await talk.RunAsync(media).ConfigureAwait(false);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>The questions and answers of one start of the command.</summary>
    private sealed class Talk(VisionLanguageModel model, AnswerOptions options, FrameRequest? frames, Terminal terminal, AnswerWriter writer)
    {
        public async Task RunAsync(MediaFiles media)
        {
            using var conversation = model.StartConversation();
            while (await ReadAsync(terminal).ConfigureAwait(false) is { Length: > 0 } line)
            {
                if (line.StartsWith(Add, StringComparison.Ordinal))
                {
                    media = Added(media, line[Add.Length..].Trim());
                    continue;
                }

                try
                {
                    var result = await terminal.Interruption.RunAsync(stop => AskAsync(conversation, line, media, stop)).ConfigureAwait(false);
                    media = MediaFiles.None;
                    writer.Finish(result);
                }
                catch (OperationCanceledException)
                {
                    writer.Stop();
                }
            }
        }

        private async Task<GenerationResult> AskAsync(Conversation conversation, string question, MediaFiles media, CancellationToken stop)
        {
            var (videos, time) = await media.OpenVideosAsync(model, frames, stop).ConfigureAwait(false);
            var result = await conversation.AskAsync(question, media.Images, videos, options, writer.OnText, stop).ConfigureAwait(false);
            result.Report.PictureDecoding = time;
            return result;
        }

        private MediaFiles Added(MediaFiles media, string file)
        {
            try
            {
                var added = MediaFiles.Load([file], []);
                return new MediaFiles([.. media.Images, .. added.Images], [.. media.Videos, .. added.Videos], media.Time + added.Time);
            }
            catch (Exception wrong) when (wrong is IOException or InvalidDataException or ImageFormatException)
            {
                terminal.Note(wrong.Message);
                return media;
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
