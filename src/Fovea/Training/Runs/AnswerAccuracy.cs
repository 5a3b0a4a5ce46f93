using System.Collections.Frozen;
using Fovea.Evaluation;

namespace Fovea.Training.Runs;

/// <summary>How many questions the weights of the moment answer rightly. Changes nothing of the run.</summary>
internal static class AnswerAccuracy
{
    /// <summary>Saves the model as the end of the run would, loads and asks it as <c>fovea eval</c> does, and removes it.</summary>
    /// <param name="setup">The run.</param>
    /// <param name="folder">Where the model lies meanwhile.</param>
    /// <param name="cancellation">Stops between two passes of the model.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="InvalidDataException">A weight is too large for the type that it is stored in.</exception>
    /// <exception cref="Imaging.ImageFormatException">A file is no picture.</exception>
    /// <exception cref="IOException">The model cannot be written, or a picture not be read.</exception>
    public static Accuracy Measure(TrainingSetup setup, string folder, CancellationToken cancellation)
    {
        setup.Model.Save(folder);
        try
        {
            using var model = VisionLanguageModel.LoadAsync(folder, cancellation: cancellation).GetAwaiter().GetResult();
            var answers = new Evaluator(model).RunAsync(setup.Questions, new EvaluationRun { Model = folder }, FrozenSet<string>.Empty, cancellation);
            return Accuracy.Of([.. answers.ToBlockingEnumerable(cancellation)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
