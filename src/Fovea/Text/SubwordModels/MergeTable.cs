namespace Fovea.Text.SubwordModels;

/// <summary>Merges by the pair of their token ids: open addressing over 64-bit keys.</summary>
internal sealed partial class MergeTable
{
    private readonly ulong[] _keys;
    private readonly (int Rank, int Id)[] _values;
    private readonly HashSet<int> _splittable = [];
    private readonly int _shift;

    /// <summary>Makes room for <paramref name="count"/> merges.</summary>
    public MergeTable(int count)
    {
        int bits = Math.Max(4, 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)count * 2));
        _keys = new ulong[1 << bits];
        _keys.AsSpan().Fill(ulong.MaxValue);
        _values = new (int, int)[1 << bits];
        _shift = 64 - bits;
    }

    /// <summary>Adds a merge of (<paramref name="left"/>, <paramref name="right"/>); a repeated pair takes the later rank.</summary>
    public void Add(int left, int right, int rank, int id)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        _keys[slot] = key;
        _values[slot] = (rank, id);
    }

    /// <summary>Makes merging keep in <see cref="SubwordWorkspace.Splits"/> which pair was last seen to give <paramref name="id"/>.</summary>
    public void TrackSplits(int id) => _splittable.Add(id);

    /// <summary>Finds the rank of a pair and the token that it becomes.</summary>
    public bool TryGet(int left, int right, out int rank, out int id)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        (rank, id) = _values[slot];
        return _keys[slot] == key;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong key)
    {
        int mask = _keys.Length - 1;
        int slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key && _keys[slot] != ulong.MaxValue)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }
}
