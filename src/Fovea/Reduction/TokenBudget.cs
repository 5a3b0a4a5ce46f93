using System.Globalization;

namespace Fovea.Reduction;

/// <summary>How many visual tokens stay, always in terms of what is kept. Immutable.</summary>
public readonly record struct TokenBudget
{
    private readonly double _amount;
    private readonly bool _isCount;

    private TokenBudget(double amount, bool isCount)
    {
        _amount = amount;
        _isCount = isCount;
    }

    /// <summary>A number of tokens of the whole prompt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below one.</exception>
    public static TokenBudget KeepCount(int count) =>
        count >= 1 ? new TokenBudget(count, true) : throw new ArgumentOutOfRangeException(nameof(count), count, "At least one visual token must be kept.");

    /// <summary>A number of tokens of every group that the method decides about by itself, such as a tile.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below one.</exception>
    public static TokenBudget KeepCountEach(int count) => KeepCount(count) with { IsPerGroup = true };

    /// <summary>A share of the tokens, in (0, 1].</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in (0, 1].</exception>
    public static TokenBudget KeepRatio(double ratio) =>
        ratio is > 0 and <= 1 ? new TokenBudget(ratio, false) : throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "The kept share must lie in (0, 1].");

    /// <summary>Whether this is a count rather than a share.</summary>
    public bool IsCount => _isCount;

    /// <summary>Whether a count is meant for every group by itself rather than for the prompt.</summary>
    public bool IsPerGroup { get; private init; }

    /// <summary>Whether everything is kept.</summary>
    public bool IsWhole => !_isCount && _amount == 1;

    /// <summary>The budget to the last bit.</summary>
    internal string Exact => string.Create(CultureInfo.InvariantCulture, $"{_amount:R}{(_isCount ? "" : " of 1")}{(IsPerGroup ? " each" : "")}");

    /// <summary>Reads <c>36</c>, <c>25%</c> or <c>0.25</c>.</summary>
    /// <exception cref="FormatException">Something else, or out of range; the message says what would be right.</exception>
    public static TokenBudget Parse(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool percent = digits.EndsWith("%");
        digits = percent ? digits[..^1] : digits;
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double value))
        {
            throw Wrong(text);
        }

        double ratio = percent ? value / 100 : value;
        if (!percent && !digits.Contains('.'))
        {
            return value is >= 1 and <= int.MaxValue ? KeepCount((int)value) : throw Wrong(text);
        }

        return ratio is > 0 and <= 1 ? KeepRatio(ratio) : throw Wrong(text);
    }

    /// <summary>
    /// One cut before layer K of ℓ so that the mean over all layers is <paramref name="average"/> tokens:
    /// half-even((A·ℓ − K·N) / (ℓ − K)), at least 1.
    /// </summary>
    /// <param name="average">A, tokens.</param>
    /// <param name="count">N, tokens before the cut.</param>
    /// <param name="layer">K.</param>
    /// <param name="layers">ℓ, above K.</param>
    public static TokenBudget ForAverage(double average, int count, int layer, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(layer, layers);
        double keep = Math.Round(((average * layers) - ((double)layer * count)) / (layers - layer), MidpointRounding.ToEven);
        return KeepCount((int)Math.Max(1, keep));
    }

    /// <summary>The tokens kept of <paramref name="count"/>: at least one, at most all. A count is taken as it is; a share is rounded.</summary>
    public int Of(int count, RatioRounding rounding = RatioRounding.HalfEven)
    {
        double kept = _isCount ? _amount : count * _amount;
        double whole = rounding == RatioRounding.HalfEven ? Math.Round(kept, MidpointRounding.ToEven) : Math.Truncate(kept);
        return (int)Math.Min(count, Math.Max(1, whole));
    }

    /// <summary>The part of this budget that falls to a group of the tokens; the parts of all groups add up to the whole.</summary>
    /// <param name="count">All tokens.</param>
    /// <param name="before">Tokens of the groups in front.</param>
    /// <param name="group">Tokens of the group.</param>
    internal TokenBudget Share(int count, int before, int group)
    {
        if (!_isCount || IsPerGroup || count == group)
        {
            return this;
        }

        long total = Math.Min((long)_amount, count);
        long kept = (total * (before + group) / count) - (total * before / count);
        return KeepCount((int)Math.Max(1, kept));
    }

    /// <summary>Such as <c>36</c> or <c>25%</c>.</summary>
    public override string ToString() => _isCount
        ? _amount.ToString(CultureInfo.InvariantCulture)
        : (_amount * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static FormatException Wrong(string text) =>
        new($"'{text}' is no token budget: give a count of at least 1 such as 36, or a share above 0 and up to 100 % such as 25% or 0.25.");
}
