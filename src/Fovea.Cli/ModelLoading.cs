using Fovea.Models;
using Fovea.Reduction;
using Spectre.Console;

namespace Fovea.Cli;

/// <summary>Loads a model, with a progress bar where somebody sees it.</summary>
internal static class ModelLoading
{
    /// <summary>Loads the model of a folder, unless a plan does not fit its number of layers.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to load it.</param>
    /// <param name="plans">What will be run on it.</param>
    /// <param name="featureCache">Bytes of its vision-feature cache.</param>
    /// <param name="terminal">Where to show how far it is.</param>
    /// <param name="cancellation">Stops loading.</param>
    /// <exception cref="ArgumentException">An option of a method does not fit; nothing was loaded.</exception>
    public static async Task<VisionLanguageModel> LoadAsync(
        string folder, LoadOptions options, IEnumerable<ReductionPlan> plans, long featureCache, Terminal terminal, CancellationToken cancellation)
    {
        var steps = plans.SelectMany(plan => plan.Steps).ToList();
        if (steps.Count > 0 && CheckpointFolder.Open(folder).DecoderLayers is { } layers)
        {
            steps.ForEach(step => step.Reducer.CheckDecoder(layers));
        }

        var model = await LoadAsync(folder, options, terminal, cancellation).ConfigureAwait(false);
        model.FeatureCache.Capacity = featureCache;
        return model;
    }

    /// <summary>Loads the model of a folder.</summary>
    public static async Task<VisionLanguageModel> LoadAsync(string folder, LoadOptions options, Terminal terminal, CancellationToken cancellation)
    {
        var model = await ShowAsync(folder, options, terminal, cancellation).ConfigureAwait(false);
        if (model.Model.PackedCache?.Notice is { } notice)
        {
            terminal.Note(notice);
        }

        return model;
    }

    private static Task<VisionLanguageModel> ShowAsync(string folder, LoadOptions options, Terminal terminal, CancellationToken cancellation) => terminal.IsInteractive
        ? terminal.ErrorConsole().Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async context =>
        {
            var bar = context.AddTask($"loading {Markup.Escape(folder)}", maxValue: 1);
            return await VisionLanguageModel.LoadAsync(folder, options, new Progress<double>(share => bar.Value = share), cancellation).ConfigureAwait(false);
        })
        : VisionLanguageModel.LoadAsync(folder, options, null, cancellation);
}
