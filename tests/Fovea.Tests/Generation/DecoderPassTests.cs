using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Generation;

[Trait("kind", "property")]
public sealed class DecoderPassTests
{
    private static readonly int[] Ids = [1, 17, 230, 42, 99, 301, 5, 77, 120, 64, 8, 250];

    public static TheoryData<string> Models => [.. TinyModels.Folders];

    /// <summary>Every model with its own kind of cache, and one with every kind.</summary>
    public static TheoryData<string, KvCacheType> Caches => new(
    [
        .. TinyModels.Folders.Select(folder => (folder, TinyModels.Load(folder).LanguageModel.CacheType)),
        .. Enum.GetValues<KvCacheType>().Select(type => ("tests/golden/checkpoints/qwen3-vl-tiny", type)),
    ]);

    [Theory]
    [MemberData(nameof(Caches))]
    public void CachedDecode_EqualsUncached_ToTheLastBit(string folder, KvCacheType type)
    {
        var model = TinyModels.Load(folder).LanguageModel;
        using var compute = new Compute();
        using var cached = new Sequence(model.NewCache(type));
        int[] ids = Array.ConvertAll(Ids, id => id % model.Config.VocabSize);
        for (int length = 1; length <= ids.Length; length++)
        {
            float[] step = Run(model, compute, cached, ids.AsSpan(length - 1, 1), length - 1);
            using var fresh = new Sequence(model.NewCache(type));
            Assert.Equal(Run(model, compute, fresh, ids.AsSpan(0, length), 0), step);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void DecodeStep_AllocatesNothing(string folder)
    {
        var model = TinyModels.Load(folder).LanguageModel;
        using var compute = new Compute();
        using var sequence = new Sequence(model.NewCache());
        for (int layer = 0; layer < sequence.Cache.Layers; layer++)
        {
            sequence.Cache[layer].Reserve(64);
        }

        var pass = new DecoderPass(model, compute, null);
        var run = new TokenRun();
        List<PassItem> items = [new PassItem(sequence, run, null, new RunReport())];
        long allocated = 0;
        for (int step = 0; step < 40; step++)
        {
            var bottom = compute.Arena.Top;
            long before = GC.GetAllocatedBytesForCurrentThread();
            run.SetSingle(step);
            var hidden = compute.Rent(1, model.Config.HiddenSize);
            model.Embedding.Gather(compute, [Ids[step % Ids.Length] % model.Config.VocabSize], hidden);
            pass.Run(hidden, items, CancellationToken.None);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            compute.Arena.Release(bottom);
        }

        Assert.Equal(0, allocated);
    }

    private static float[] Run(LanguageModel model, Compute compute, Sequence sequence, ReadOnlySpan<int> ids, int start)
    {
        var bottom = compute.Arena.Top;
        var run = new TokenRun();
        run.Set([.. Enumerable.Range(start, ids.Length).Select(TokenPosition.At)], [.. Enumerable.Repeat(-1, ids.Length)], []);
        var hidden = compute.Rent(ids.Length, model.Config.HiddenSize);
        model.Embedding.Gather(compute, ids, hidden);
        float[] logits = new DecoderPass(model, compute, null)
            .Run(hidden, [new PassItem(sequence, run, null, new RunReport())], CancellationToken.None).AsSpan<float>().ToArray();
        compute.Arena.Release(bottom);
        return logits;
    }
}
