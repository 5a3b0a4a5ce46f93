namespace Fovea.Text.Templates;

/// <summary>The filters by name.</summary>
internal static partial class Filters
{
    private static readonly Dictionary<string, Func<Renderer, object?, Arguments, object?>> ByName = new(StringComparer.Ordinal)
    {
        ["abs"] = (r, v, a) => Absolute(v, a),
        ["capitalize"] = (r, v, a) => OfText(r, v, a, "capitalize", TextCase.Capitalize),
        ["count"] = (r, v, a) => Length(r, v, a),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = DictSort,
        ["e"] = Escape,
        ["escape"] = Escape,
        ["first"] = First,
        ["float"] = ToFloat,
        ["format"] = Format,
        ["indent"] = Indent,
        ["int"] = ToInteger,
        ["items"] = Items,
        ["join"] = Join,
        ["last"] = Last,
        ["length"] = (r, v, a) => Length(r, v, a),
        ["list"] = (r, v, a) => NoArguments(a, "list", r.Collect(r.Iterate(v))),
        ["lower"] = (r, v, a) => OfText(r, v, a, "lower", TextCase.Lower),
        ["map"] = Map,
        ["max"] = (r, v, a) => Extreme(r, v, a, "max", 1),
        ["min"] = (r, v, a) => Extreme(r, v, a, "min", -1),
        ["reject"] = (r, v, a) => Select(r, v, a, keep: false, byAttribute: false),
        ["rejectattr"] = (r, v, a) => Select(r, v, a, keep: false, byAttribute: true),
        ["replace"] = Replace,
        ["reverse"] = Reverse,
        ["round"] = Round,
        ["safe"] = (r, v, a) => NoArguments(a, "safe", r.Print(v)),
        ["select"] = (r, v, a) => Select(r, v, a, keep: true, byAttribute: false),
        ["selectattr"] = (r, v, a) => Select(r, v, a, keep: true, byAttribute: true),
        ["sort"] = Sort,
        ["string"] = (r, v, a) => NoArguments(a, "string", r.Print(v)),
        ["sum"] = Sum,
        ["title"] = (r, v, a) => OfText(r, v, a, "title", TextCase.FilterTitle),
        ["tojson"] = ToJson,
        ["trim"] = Trim,
        ["unique"] = Unique,
        ["upper"] = (r, v, a) => OfText(r, v, a, "upper", TextCase.Upper),
    };

    /// <summary>Whether a filter exists.</summary>
    public static bool Exists(string name) => ByName.ContainsKey(name);

    /// <summary>The filter of a name; null if there is none.</summary>
    public static Func<Renderer, object?, Arguments, object?>? Find(string name) => ByName.GetValueOrDefault(name);

    private static object? NoArguments(Arguments arguments, string name, object? value)
    {
        arguments.Bind(name, 0);
        return value;
    }

    private static string OfText(Renderer renderer, object? value, Arguments arguments, string name, Func<string, string> map)
    {
        arguments.Bind(name, 0);
        string result = map(renderer.Print(value));
        TextBuffer.CheckLength(Texts.Length(result), renderer.Limits);
        return result;
    }

    private static string? OptionalText(object? value, string what) => value is null || ReferenceEquals(value, Arguments.Absent)
        ? null
        : value as string ?? throw TemplateFailure.Runtime($"{what} must be a text");

    private static long Integer(object? value, string what)
    {
        Undefined.Refuse(value);
        return Numbers.TryInteger(value, out long integer) ? integer : throw TemplateFailure.Runtime($"{what} must be an integer");
    }
}
