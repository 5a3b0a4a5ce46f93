using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;

namespace Fovea.Golden;

/// <summary>A language model alone in a folder, config and weights, stored quantised; computed with the 32-bit values of its weights.</summary>
internal sealed class PackedCheckpoint : IDisposable
{
    private static readonly NameRule[] Rules = [("model.", "lm.")];

    private readonly CheckpointReader _stored;
    private readonly Compute _compute = new();

    /// <summary>Loads the folder.</summary>
    public PackedCheckpoint(string path)
    {
        var folder = CheckpointFolder.Open(path);
        var config = TextConfigReader.Read(new ConfigReader(Path.Combine(path, "config.json"), folder.Config));
        _stored = folder.OpenWeights();
        try
        {
            var weights = WeightNames.Open([new StoredFiles(folder, _stored, Rules)], new LoadOptions { Weights = new WeightPolicy { Format = WeightFormat.F32 } }, _ => false);
            Model = LanguageModel.Load(weights, config, _compute, KvCacheType.F32);
            weights.CheckAllTaken();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private LanguageModel? Model { get; }

    /// <summary>Logits of every token of a prompt [tokens, vocabulary], and what follows it greedily.</summary>
    public (float[] Logits, int[] Tokens) Run(ReadOnlySpan<int> prompt, int steps)
    {
        var model = Model ?? throw new InvalidOperationException("nothing was loaded");
        using var sequence = new Sequence(model.NewCache());
        var pass = new DecoderPass(model, _compute, null);
        var run = new TokenRun();
        List<PassItem> items = [new PassItem(sequence, run, null, new RunReport())];
        var logits = new List<float>();
        int[] tokens = new int[steps];
        for (int position = 0; position < prompt.Length + steps; position++)
        {
            int id = position < prompt.Length ? prompt[position] : tokens[position - prompt.Length];
            var bottom = _compute.Arena.Top;
            run.SetSingle(position);
            var hidden = _compute.Rent(1, model.Config.HiddenSize);
            model.Embedding.Gather(_compute, [id], hidden);
            var row = pass.Run(hidden, items, CancellationToken.None).Row<float>(0);
            if (position < prompt.Length)
            {
                logits.AddRange(row);
            }

            int next = position + 1 - prompt.Length;
            if (next >= 0 && next < steps)
            {
                tokens[next] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
            }

            _compute.Arena.Release(bottom);
        }

        return ([.. logits], tokens);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model?.Dispose();
        _stored.Dispose();
        _compute.Dispose();
    }
}
