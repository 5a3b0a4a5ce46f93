namespace Fovea.Text.SubwordModels;

internal sealed partial class MergeTable
{
    // Up to this many symbols a scan for the best pair is faster than a queue.
    private const int ScanLimit = 16;

    /// <summary>Merges the symbols of <paramref name="work"/>: always the adjacent pair of lowest rank, of equal ones the leftmost, until none is left.</summary>
    /// <remarks>O(n log n) in the number of symbols.</remarks>
    public void Apply(SubwordWorkspace work)
    {
        work.Splits.Clear();
        if (work.Count > ScanLimit || _splittable.Count > 0)
        {
            MergeByQueue(work);
        }
        else
        {
            MergeByScan(work.Symbols);
        }
    }

    private void MergeByScan(Span<Symbol> symbols)
    {
        while (true)
        {
            int best = -1, bestRank = int.MaxValue, bestId = 0;
            for (int i = 0; i < symbols.Length && symbols[i].Next < symbols.Length; i = symbols[i].Next)
            {
                if (TryGet(symbols[i].Id, symbols[symbols[i].Next].Id, out int rank, out int id) && rank < bestRank)
                {
                    (best, bestRank, bestId) = (i, rank, id);
                }
            }

            if (best < 0)
            {
                return;
            }

            Merge(symbols, best, bestId);
        }
    }

    private void MergeByQueue(SubwordWorkspace work)
    {
        var symbols = work.Symbols;
        for (int i = 0; i + 1 < symbols.Length; i++)
        {
            Push(work, i);
        }

        while (work.Queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            if (left.Id != pair.LeftId || left.Next >= symbols.Length || symbols[left.Next].Id != pair.RightId)
            {
                continue;
            }

            _ = TryGet(pair.LeftId, pair.RightId, out _, out int id);
            Merge(symbols, pair.Left, id);
            if (left.Previous >= 0)
            {
                Push(work, left.Previous);
            }

            Push(work, pair.Left);
        }
    }

    private void Push(SubwordWorkspace work, int left)
    {
        var symbols = work.Symbols;
        int right = symbols[left].Next;
        if (right >= symbols.Length || !TryGet(symbols[left].Id, symbols[right].Id, out int rank, out int id))
        {
            return;
        }

        work.Queue.Enqueue((left, symbols[left].Id, symbols[right].Id), ((long)rank << 32) | (uint)left);
        if (_splittable.Count > 0 && _splittable.Contains(id))
        {
            work.Splits[id] = (symbols[left].Id, symbols[right].Id);
        }
    }

    private static void Merge(Span<Symbol> symbols, int left, int id)
    {
        int right = symbols[left].Next;
        symbols[left].Id = id;
        symbols[left].To = symbols[right].To;
        symbols[left].Next = symbols[right].Next;
        symbols[right].Id = -1;
        if (symbols[right].Next < symbols.Length)
        {
            symbols[symbols[right].Next].Previous = left;
        }
    }
}
