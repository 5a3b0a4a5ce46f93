using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>Calls <paramref name="body"/> with ranges [start, end) that cover rows of so many numbers, on several threads if that pays.</summary>
    internal void ForRows(int rows, int width, Action<int, int> body)
    {
        var work = new BodyWork { Body = body };
        RunRows(rows, width, ref work);
    }

    private struct BodyWork : IRangeWork
    {
        public Action<int, int> Body;

        public readonly void Execute(int start, int end, int worker) => Body(start, end);
    }
}
