using System.CommandLine;
using Fovea.Training.Scenes;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea generate</c>: data to train and to test with.</summary>
internal static class GenerateCommand
{
    private const int NoteEvery = 1000;

    /// <summary>Describes the command and its parts.</summary>
    public static Command Create(Terminal terminal) => new ExampleCommand(
        "generate",
        "Generates data for training.",
        "fovea generate scenes scenes --count 1000 --seed 7") { Scenes(terminal) };

    private static Command Scenes(Terminal terminal)
    {
        var output = new Argument<string>("OUT") { Description = "folder for images/ and conversations.json, made if it is not there; or one file that ends with .parquet" };
        var count = new Option<int>("--count") { Description = "pictures", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "equal seeds give equal files" };
        var questions = new Option<int>("--questions") { Description = "most questions that are drawn for a picture", DefaultValueFactory = _ => 12 };
        var turns = new Option<int?>("--turns") { Description = "most of them that are asked; default: all" };
        var objects = new Option<int>("--max-objects") { Description = "most shapes in a picture", DefaultValueFactory = _ => 5 };
        var signs = new Option<int>("--sign-percent") { Description = "pictures of a hundred that have a sign", DefaultValueFactory = _ => 50 };
        var scale = new Option<int>("--scale") { Description = "1, 2 or 4: pictures of 96, 192 or 384 pixels a side", DefaultValueFactory = _ => 1 };
        var command = new ExampleCommand(
            "scenes",
            "Draws pictures of foveola's small world, with questions and answers in LLaVA's format.",
            "fovea generate scenes scenes --count 1000 --seed 7",
            "fovea generate scenes scenes.parquet --count 1000 --seed 7",
            "fovea generate scenes large --count 10 --scale 4 --sign-percent 100") { output, count, seed, questions, turns, objects, signs, scale };
        command.SetAction(parsed => terminal.Interruption.RunAsync(cancellation =>
        {
            var dataset = new SceneDataset
            {
                Seed = parsed.GetValue(seed),
                Questions = parsed.GetValue(questions),
                Turns = parsed.GetValue(turns),
                MostObjects = parsed.GetValue(objects),
                SignPercent = parsed.GetValue(signs),
                Scale = parsed.GetValue(scale),
            };
            string target = parsed.GetValue(output) ?? "";
            int wanted = parsed.GetValue(count);
            dataset.Write(target, wanted, Tell, cancellation);
            terminal.Note($"{wanted} pictures with conversations in {target}");
            return Task.FromResult(ExitCode.Success);

            void Tell(int written)
            {
                if (written % NoteEvery == 0 && written < wanted)
                {
                    terminal.Note($"{written} of {wanted} pictures");
                }
            }
        }));
        return command;
    }
}
