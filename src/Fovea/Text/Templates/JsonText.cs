using System.Globalization;
using System.Text;

namespace Fovea.Text.Templates;

/// <summary>Values as JSON text, letter for letter as Python's <c>json.dumps</c> writes them.</summary>
/// <param name="buffer">Receives the text.</param>
/// <param name="ascii">Escape everything beyond ASCII.</param>
/// <param name="indent">Put every item on a line of its own, indented by this text per level; null = all on one line.</param>
/// <param name="itemSeparator">Between items.</param>
/// <param name="keySeparator">Between key and value.</param>
/// <param name="sortKeys">Order the keys.</param>
internal sealed class JsonText(TextBuffer buffer, bool ascii, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
{
    /// <summary>Writes a value.</summary>
    /// <exception cref="ChatTemplateException">It has no JSON form.</exception>
    public void Write(object? value, int level = 0)
    {
        TemplateFailure.GuardStack();
        switch (value)
        {
            case string text:
                WriteText(text);
                break;
            case ListValue list:
                WriteItems("[", list.Items.Count, "]", level, i => Write(list.Items[i], level + 1));
                break;
            case MappingValue mapping:
                var entries = sortKeys ? [.. mapping.Entries.OrderBy(entry => entry.Key, Comparer<object?>.Create((x, y) => Equality.Compare(x, y) ?? 0))] : mapping.Entries;
                WriteItems("{", entries.Count, "}", level, i =>
                {
                    WriteText(entries[i].Key as string ?? Scalar(entries[i].Key, "a key"));
                    buffer.Append(keySeparator);
                    Write(entries[i].Value, level + 1);
                });
                break;
            default:
                buffer.Append(Scalar(value, "a value"));
                break;
        }
    }

    private static string Scalar(object? value, string what) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Describe.Float(number),
        _ => throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} cannot be {what} in JSON"),
    };

    private void WriteItems(string open, int count, string close, int level, Action<int> write)
    {
        buffer.Open(open);
        for (int i = 0; i < count; i++)
        {
            buffer.Append(i > 0 ? itemSeparator : "");
            NewLine(level + 1);
            write(i);
        }

        if (count > 0)
        {
            NewLine(level);
        }

        buffer.Close(close);
    }

    private void NewLine(int level)
    {
        if (indent is not null)
        {
            buffer.Append("\n");
            for (int i = 0; i < level; i++)
            {
                buffer.Append(indent);
            }
        }
    }

    private void WriteText(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            string? escape = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ => null,
            };
            if (escape is not null)
            {
                result.Append(escape);
            }
            else if (c < 0x20 || (ascii && c > 0x7E))
            {
                result.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                result.Append(c);
            }
        }

        buffer.Append(result.Append('"').ToString());
    }
}
