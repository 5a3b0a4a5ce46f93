using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Fovea.Reduction;

/// <summary>A method's entry in the catalogue: what help says of it, and how it is made from its options.</summary>
public sealed class ReducerDescriptor
{
    private readonly Func<JsonObject, Reducer> _create;

    private ReducerDescriptor(string name, string summary, string source, IReadOnlyList<OptionInfo> options, Func<JsonObject, Reducer> create)
    {
        Name = name;
        Summary = summary;
        Source = source;
        Options = options;
        _create = create;
    }

    /// <summary>The name in the catalogue.</summary>
    public string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Summary { get; }

    /// <summary>Paper and repository, or that it is ours.</summary>
    public string Source { get; }

    /// <summary>Its options.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    /// <summary>Describes a method whose options are one record.</summary>
    /// <typeparam name="TOptions">The record; each property with a <see cref="DescriptionAttribute"/>.</typeparam>
    /// <param name="name">The name in the catalogue.</param>
    /// <param name="summary">What it does, in a sentence.</param>
    /// <param name="source">Paper and repository.</param>
    /// <param name="options">The record's JSON contract.</param>
    /// <param name="create">Makes the method; throws <see cref="ArgumentException"/> naming an option that is out of range.</param>
    /// <param name="complete">Fills in what given options imply, such as a preset's, before defaults; none = nothing.</param>
    public static ReducerDescriptor Of<TOptions>(string name, string summary, string source, JsonTypeInfo<TOptions> options, Func<TOptions, Reducer> create, Func<JsonObject, JsonObject>? complete = null)
        where TOptions : class, new() =>
        new(name, summary, source, OptionRecord.Describe(options), json =>
        {
            var read = OptionRecord.Read($"the method {name}", complete is null ? json : complete(json), options);
            var reducer = create(read);
            reducer.Identity = $"{name} {JsonSerializer.Serialize(read, options)}";
            return reducer;
        });

    /// <summary>Makes the method from a JSON object of options.</summary>
    /// <exception cref="ArgumentException">An unknown option or a value that does not fit; the message names it.</exception>
    public Reducer Create(JsonObject options)
    {
        foreach (var (key, _) in options)
        {
            if (!Options.Any(option => option.Name == key))
            {
                string known = Options.Count == 0 ? "it has none" : $"it has {string.Join(", ", Options.Select(option => option.Name))}";
                throw new ArgumentException($"The method {Name} has no option '{key}'; {known}.");
            }
        }

        return _create(options);
    }

    /// <summary>Makes the method from texts, as a command line gives them.</summary>
    /// <exception cref="ArgumentException">As the other overload.</exception>
    public Reducer Create(IReadOnlyDictionary<string, string> settings)
    {
        var options = new JsonObject();
        foreach (var (key, value) in settings)
        {
            options[key] = OptionRecord.ParseValue(value);
        }

        return Create(options);
    }
}
