namespace Fovea.Nn;

/// <summary>Names with <c>*</c> for any characters, dots among them, and <c>?</c> for one.</summary>
public static class NamePattern
{
    /// <summary>Whether a pattern stands for a whole name; case counts. Time is bounded by the product of the lengths.</summary>
    public static bool Matches(string pattern, string name)
    {
        int at = 0, star = -1, resume = 0;
        for (int i = 0; i < name.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, i);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[i]))
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                (at, i) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).Trim('*').IsEmpty;
    }
}
