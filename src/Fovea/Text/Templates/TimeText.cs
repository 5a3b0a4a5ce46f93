using System.Globalization;
using System.Text;

namespace Fovea.Text.Templates;

/// <summary>Times as text under the directives of strftime, with English names.</summary>
internal static class TimeText
{
    /// <summary>Writes a time; an unknown directive stands as it is.</summary>
    public static string Format(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char directive = format[++i];
            text.Append(directive switch
            {
                'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
                'y' => Two(time.Year % 100),
                'm' => Two(time.Month),
                'd' => Two(time.Day),
                'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
                'b' => time.ToString("MMM", CultureInfo.InvariantCulture),
                'A' => time.ToString("dddd", CultureInfo.InvariantCulture),
                'a' => time.ToString("ddd", CultureInfo.InvariantCulture),
                'H' => Two(time.Hour),
                'I' => Two(((time.Hour + 11) % 12) + 1),
                'M' => Two(time.Minute),
                'S' => Two(time.Second),
                'p' => time.Hour < 12 ? "AM" : "PM",
                'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                '%' => "%",
                _ => "%" + directive,
            });
        }

        return text.ToString();
    }

    private static string Two(int value) => value.ToString("00", CultureInfo.InvariantCulture);
}
