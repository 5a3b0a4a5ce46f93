using Fovea.Tensors.Autograd;
using Fovea.Training.Differentiable;

namespace Fovea.Training.Runs;

/// <summary>Bytes that training takes, by formula. Beside them are the packed vision encoder, and files that the operating system keeps.</summary>
/// <param name="Parameters">4 for each number of all parameters.</param>
/// <param name="Gradients">4 for each number that is trained.</param>
/// <param name="Moments">8 for each number that is trained.</param>
/// <param name="Activations">What the tape holds at most, for one micro-batch.</param>
public sealed record TrainingMemory(long Parameters, long Gradients, long Moments, long Activations)
{
    /// <summary>All of it.</summary>
    public long Total => Parameters + Gradients + Moments + Activations;

    /// <summary>
    /// The memory of a run, in numbers of 4 bytes. With n tokens, m labels, hidden size h, queries q, keys k, inner size f and vocabulary v, values and gradients of a
    /// decoder layer are a = n (17 h + 6 q + 6 k + 8 f) and w of its weights that are trained; of L layers L (a + w), or, computed twice, 2 L n h + a + w.
    /// Embeddings, projector, last norm and head are n (13 h) + m (2 v + 2 h) and their trained weights. In bf16 there are copies of what enters products.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Whether layers are computed twice, and whether products are rounded.</param>
    /// <param name="tokens">n, visual tokens included.</param>
    /// <param name="labels">m.</param>
    internal static TrainingMemory Of(TrainableModel model, TrainingOptions options, long tokens, long labels)
    {
        var layers = model.Parameters.Where(parameter => parameter.Name.Contains("layers.", StringComparison.Ordinal)).ToList();
        long count = layers.Count(parameter => parameter.Name.EndsWith("q_proj.weight", StringComparison.Ordinal));
        var embedding = model.Parameters.First(parameter => parameter.Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal)).Shape;
        long hidden = embedding[1], queries = Rows(layers, "q_proj.weight"), keys = Rows(layers, "k_proj.weight"), inner = Rows(layers, "gate_proj.weight");
        long all = Numbers(model.Parameters), trained = Numbers(model.Trained), inLayers = Numbers(layers.Where(parameter => parameter.RequiresGradient));
        long layer = (tokens * ((17 * hidden) + (6 * queries) + (6 * keys) + (8 * inner))) + (inLayers / count);
        long ends = (tokens * 13 * hidden) + (labels * ((2 * embedding[0]) + (2 * hidden))) + trained - inLayers;
        if (options.Bf16)
        {
            layer += (tokens * ((7 * hidden) + (2 * queries) + (2 * keys) + (3 * inner))) + (Numbers(layers) / count);
            ends += all - Numbers(layers) + (labels * embedding[0]);
        }

        long activations = ends + (options.GradientCheckpointing ? (2 * count * tokens * hidden) + layer : count * layer);
        return new TrainingMemory(4 * all, 4 * trained, 8 * trained, 4 * activations);
    }

    private static long Numbers(IEnumerable<Parameter> parameters) => parameters.Sum(parameter => parameter.Shape.Count);

    private static long Rows(List<Parameter> layers, string name) => layers.First(parameter => parameter.Name.EndsWith(name, StringComparison.Ordinal)).Value.Rows;
}
