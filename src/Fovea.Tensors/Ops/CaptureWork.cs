using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

/// <summary>The captured probabilities of one sequence: rows by key/value head, or column means by key/value head and tile of keys.</summary>
internal unsafe struct CaptureWork : IRangeWork
{
    public KernelSet Kernels;
    public AttentionSequence Sequence;
    public int* Rows;
    public int RowCount;
    public float* Destination;
    public int Parts;
    public float* Scratch;
    public long ScratchLength;

    public readonly void Execute(int start, int end, int worker)
    {
        for (int item = start; item < end; item++)
        {
            var scratch = new AttentionScratch(Scratch + (worker * ScratchLength), Sequence.HeadSize, 1);
            if (Rows != null)
            {
                Kernels.AttendRows(Sequence, item, Rows, RowCount, Destination, ref scratch);
            }
            else
            {
                Kernels.AttendReceived(Sequence, item / Parts, item % Parts, Destination, ref scratch);
            }
        }
    }
}
