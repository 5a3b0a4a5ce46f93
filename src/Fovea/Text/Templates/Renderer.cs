namespace Fovea.Text.Templates;

/// <summary>One rendering of a template: counts its steps against the limits and keeps where the assistant's parts are.</summary>
internal sealed partial class Renderer
{
    // How many steps pass between two looks at the cancellation token.
    private const int CancellationInterval = 1024;

    private readonly IReadOnlyDictionary<string, object?> _variables;
    private readonly CancellationToken _cancellation;
    private readonly bool _skipFirstRange;
    private readonly TextBuffer _root;
    private readonly List<(int Start, int End)> _ranges = [];
    private int _steps;
    private int _depth;

    /// <summary>Prepares a rendering.</summary>
    /// <param name="variables">The variables of the caller.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="now">The local time for <c>strftime_now</c>.</param>
    /// <param name="skipFirstRange">Keep no range for a generation block that is the first output, as the reference does.</param>
    /// <param name="cancellation">Ends the rendering early.</param>
    public Renderer(
        IReadOnlyDictionary<string, object?> variables, ChatTemplateLimits limits, DateTimeOffset now, bool skipFirstRange, CancellationToken cancellation)
    {
        _variables = variables;
        Limits = limits;
        Now = now;
        _skipFirstRange = skipFirstRange;
        _cancellation = cancellation;
        _root = new TextBuffer(limits);
    }

    /// <summary>The limits.</summary>
    public ChatTemplateLimits Limits { get; }

    /// <summary>The local time.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The ranges [start, end) of generation blocks in code points of the output, in order.</summary>
    public IReadOnlyList<(int Start, int End)> Ranges => _ranges;

    /// <summary>Renders a template.</summary>
    public string Render(IReadOnlyList<Statement> statements)
    {
        Execute(statements, new Scope(null), _root);
        return _root.ToString();
    }

    /// <summary>Counts an iteration or call.</summary>
    /// <exception cref="ChatTemplateException">There were too many.</exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    public void Step()
    {
        if (++_steps > Limits.Steps)
        {
            throw TemplateFailure.Limit($"the template takes more than {Limits.Steps} steps");
        }

        if (_steps % CancellationInterval == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The printed text of a value.</summary>
    public string Print(object? value) => Describe.Print(value, Limits);

    /// <summary>Collects items into a list of bounded length.</summary>
    public ListValue Collect(IEnumerable<object?> items, bool isTuple = false)
    {
        var list = new List<object?>();
        foreach (object? item in items)
        {
            Step();
            CheckLength(list.Count + 1);
            list.Add(item);
        }

        return new ListValue(list, isTuple);
    }

    /// <summary>Refuses a list that would be too long.</summary>
    public void CheckLength(long count)
    {
        if (count > Limits.ListLength)
        {
            throw TemplateFailure.Limit($"a list of {count} items is longer than the {Limits.ListLength} allowed");
        }
    }

    /// <summary>Runs a body that was called.</summary>
    private T Nested<T>(Func<T> body)
    {
        Step();
        TemplateFailure.GuardStack();
        if (_depth >= Limits.CallDepth)
        {
            throw TemplateFailure.Limit($"calls nest deeper than {Limits.CallDepth} levels");
        }

        _depth++;
        try
        {
            return body();
        }
        finally
        {
            _depth--;
        }
    }
}
