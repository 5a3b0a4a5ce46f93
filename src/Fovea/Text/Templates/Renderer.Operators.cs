namespace Fovea.Text.Templates;

internal sealed partial class Renderer
{
    /// <summary>Whether a comparison holds.</summary>
    public bool Compare(string symbol, object? left, object? right) => symbol switch
    {
        "==" => Equality.AreEqual(left, right),
        "!=" => !Equality.AreEqual(left, right),
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        "<" => Equality.Compare(left, right) < 0,
        "<=" => Equality.Compare(left, right) <= 0,
        ">" => Equality.Compare(left, right) > 0,
        _ => Equality.Compare(left, right) >= 0,
    };

    /// <summary>Whether a container holds a value: a part of a text, an item, a key.</summary>
    public bool Contains(object? container, object? value)
    {
        switch (container)
        {
            case string text:
                return value is string part
                    ? text.Contains(part, StringComparison.Ordinal)
                    : throw TemplateFailure.Runtime($"a text cannot hold {Describe.TypeOf(value)}");
            case MappingValue mapping:
                return mapping.TryGet(value, out _);
            case ViewValue { Kind: "keys" } view:
                return view.Mapping.TryGet(value, out _);
            default:
                foreach (object? item in Iterate(container))
                {
                    Step();
                    if (Equality.AreEqual(item, value))
                    {
                        return true;
                    }
                }

                return false;
        }
    }

    /// <summary>The result of a binary operator.</summary>
    public object? Operate(string symbol, object? left, object? right)
    {
        if (symbol == "~")
        {
            return Join(Print(left), Print(right));
        }

        if (symbol == "%" && left is string format)
        {
            return Printf.Format(format, right, this);
        }

        Undefined.Refuse(left);
        Undefined.Refuse(right);
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Apply(symbol, left, right);
        }

        return (symbol, left, right) switch
        {
            ("+", string a, string b) => Join(a, b),
            ("+", ListValue a, ListValue b) when a.IsTuple == b.IsTuple => Join(a, b),
            ("*", string or ListValue, long or bool) => Repeat(left, right),
            ("*", long or bool, string or ListValue) => Repeat(right, left),
            _ => throw TemplateFailure.Runtime($"{symbol} does not work on {Describe.TypeOf(left)} and {Describe.TypeOf(right)}"),
        };
    }

    private object Sign(string symbol, object? value)
    {
        if (symbol == "not")
        {
            return !IsTrue(value);
        }

        Undefined.Refuse(value);
        if (value is double number)
        {
            return symbol == "-" ? -number : number;
        }

        return Numbers.TryInteger(value, out long integer)
            ? symbol == "+" ? integer : Numbers.Apply("-", 0L, integer)
            : throw TemplateFailure.Runtime($"{symbol} does not work on {Describe.TypeOf(value)}");
    }

    private string Join(string left, string right)
    {
        if ((long)left.Length + right.Length > Limits.TextLength)
        {
            TextBuffer.CheckLength((long)Texts.Length(left) + Texts.Length(right), Limits);
        }

        return left + right;
    }

    private ListValue Join(ListValue left, ListValue right)
    {
        CheckLength((long)left.Items.Count + right.Items.Count);
        return new ListValue([.. left.Items, .. right.Items], left.IsTuple);
    }

    private object Repeat(object sequence, object? times)
    {
        _ = Numbers.TryInteger(times, out long count);
        count = Math.Max(count, 0);
        if (sequence is string text)
        {
            int length = Texts.Length(text);
            TextBuffer.CheckLength(length == 0 ? 0 : Math.Min(count, long.MaxValue / length) * length, Limits);
            return new System.Text.StringBuilder().Insert(0, text, length == 0 ? 0 : (int)count).ToString();
        }

        var list = (ListValue)sequence;
        int items = list.Items.Count;
        CheckLength(items == 0 ? 0 : Math.Min(count, long.MaxValue / items) * items);
        return new ListValue([.. Enumerable.Repeat(list.Items, items == 0 ? 0 : (int)count).SelectMany(item => item)], list.IsTuple);
    }
}
