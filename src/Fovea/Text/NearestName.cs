namespace Fovea.Text;

/// <summary>What somebody may have meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>The known name that takes the fewest insertions, deletions and replacements of characters, whatever the case; the first of equals, empty if none is known.</summary>
    public static string Of(string name, IEnumerable<string> known)
    {
        string lower = name.ToLowerInvariant();
        return known.MinBy(candidate => EditDistance(lower, candidate)) ?? "";
    }

    private static int EditDistance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
