using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>Running work with or without threads.</summary>
internal static class RangeWorkExtensions
{
    /// <summary>Shares <paramref name="count"/> items among the workers, or does them here.</summary>
    public static void Run<TWork>(this TWork work, int count, Workers? workers)
        where TWork : struct, IRangeWork
    {
        if (workers is null)
        {
            work.Execute(0, count, 0);
        }
        else
        {
            workers.Run(count, 1, ref work);
        }
    }
}
