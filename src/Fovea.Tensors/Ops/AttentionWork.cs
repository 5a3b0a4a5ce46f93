using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

/// <summary>The blocks of all sequences, one key/value head after the other.</summary>
internal unsafe struct AttentionWork : IRangeWork
{
    public KernelSet Kernels;
    public AttentionSequence* Sequences;
    public int KeyValueHeads;
    public float* Scratch;
    public long ScratchLength;

    /// <summary>Blocks of rows of one key/value head.</summary>
    public static int Blocks(in AttentionSequence s) => Panels.Count(s.Rows, AttentionScratch.BlockRows);

    /// <summary>Tiles of packed keys that are kept: all where several blocks read them.</summary>
    public static int Tiles(in AttentionSequence s) => Blocks(s) > 1 ? KeyTiles.Count(s.KeyCount) : 1;

    public readonly void Execute(int start, int end, int worker)
    {
        float* memory = Scratch + (worker * ScratchLength);
        int first = 0;
        for (var s = Sequences; first < end; s++)
        {
            int blocks = Blocks(*s);
            for (int item = Math.Max(start, first); item < Math.Min(end, first + (KeyValueHeads * blocks));)
            {
                var scratch = new AttentionScratch(memory, s->HeadSize, Tiles(*s));
                int head = (item - first) / blocks;
                int last = Math.Min(end, first + ((head + 1) * blocks));
                for (; item < last; item++)
                {
                    int row = (item - first - (head * blocks)) * AttentionScratch.BlockRows;
                    Kernels.Attend(*s, head, row, Math.Min(AttentionScratch.BlockRows, s->Rows - row), ref scratch);
                }
            }

            first += KeyValueHeads * blocks;
        }
    }
}
