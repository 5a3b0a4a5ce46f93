using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Ops;

/// <summary>
/// Scratch memory for the results of operations: a stack of blocks that is filled by <see cref="Rent"/> and emptied by
/// <see cref="Release"/>. Blocks and tensor objects are kept for the next round, so a repeated computation allocates nothing.
/// </summary>
public sealed class Arena : IDisposable
{
    private const long MinimumBlock = 1 << 20;

    private readonly List<AlignedMemory> _blocks = [];
    private readonly List<Tensor> _tensors = [];
    private int _block;
    private long _used;
    private int _rented;
    private long _bytes;

    /// <summary>A place to go back to.</summary>
    public readonly record struct Mark(int Block, long Used, int Rented, long Bytes);

    /// <summary>Bytes of all blocks.</summary>
    public long Capacity
    {
        get
        {
            long total = 0;
            foreach (var block in _blocks)
            {
                total += block.Length;
            }

            return total;
        }
    }

    /// <summary>The current top of the stack.</summary>
    public Mark Top => new(_block, _used, _rented, _bytes);

    /// <summary>The most bytes that were rented at a time.</summary>
    public long Peak { get; private set; }

    /// <summary>An f32 tensor with undefined contents. It is valid until the stack is released below it.</summary>
    public Tensor Rent(params ReadOnlySpan<int> extents)
    {
        var shape = new Shape(extents);
        long bytes = checked((shape.Count * sizeof(float)) + AlignedMemory.Alignment - 1) / AlignedMemory.Alignment * AlignedMemory.Alignment;
        while (_block < _blocks.Count && _used + bytes > _blocks[_block].Length)
        {
            _block++;
            _used = 0;
        }

        if (_block == _blocks.Count)
        {
            _blocks.Add(new AlignedMemory(Math.Max(bytes, Math.Max(MinimumBlock, Capacity / 2))));
        }

        if (_rented == _tensors.Count)
        {
            _tensors.Add(Tensor.View(_blocks[_block], _used, ElementType.F32, shape));
        }

        var tensor = _tensors[_rented++];
        tensor.Rebind(_blocks[_block], _used, shape);
        _used += bytes;
        _bytes += bytes;
        Peak = Math.Max(Peak, _bytes);
        return tensor;
    }

    /// <summary>Gives back everything rented since <paramref name="mark"/> was taken.</summary>
    public void Release(Mark mark)
    {
        (_block, _used, _rented, _bytes) = mark;
    }

    /// <summary>Frees the blocks.</summary>
    public void Dispose()
    {
        foreach (var block in _blocks)
        {
            block.Dispose();
        }

        _blocks.Clear();
        _tensors.Clear();
    }
}
