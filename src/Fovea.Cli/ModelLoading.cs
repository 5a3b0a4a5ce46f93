using Spectre.Console;

namespace Fovea.Cli;

/// <summary>Loads a model, with a progress bar where somebody sees it.</summary>
internal static class ModelLoading
{
    /// <summary>Loads the model of a folder.</summary>
    public static Task<VisionLanguageModel> LoadAsync(string folder, Terminal terminal, CancellationToken cancellation) => terminal.IsInteractive
        ? terminal.ErrorConsole().Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async context =>
        {
            var bar = context.AddTask($"loading {Markup.Escape(folder)}", maxValue: 1);
            return await VisionLanguageModel.LoadAsync(folder, new Progress<double>(share => bar.Value = share), cancellation).ConfigureAwait(false);
        })
        : VisionLanguageModel.LoadAsync(folder, null, cancellation);
}
