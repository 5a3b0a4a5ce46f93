using System.Collections.Concurrent;
using System.Text.Json;
using Fovea.Text.Templates;

namespace Fovea.Text;

/// <summary>
/// Turns messages into the prompt text of a model, under the Jinja template that its checkpoint carries. Instances are immutable and may be used from several threads.
/// </summary>
/// <remarks>
/// The template language is the part of Jinja 3.1 that chat templates use, in a closed set of values: nothing of the host is reachable, and text length, nesting
/// and steps are bounded (<see cref="ChatTemplateLimits"/>). Output equals that of transformers 4.57, character by character.
/// </remarks>
public sealed class ChatTemplate
{
    private readonly ChatTemplateSet _templates;
    private readonly ChatTemplateLimits _limits;
    private readonly Dictionary<string, object?> _specialTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<Statement>> _parsed = new(StringComparer.Ordinal);

    private ChatTemplate(ChatTemplateSet templates, IReadOnlyDictionary<string, string> specialTokens, IReadOnlyList<string> additional, ChatTemplateLimits limits)
    {
        _templates = templates;
        _limits = limits;
        foreach (var (name, content) in specialTokens)
        {
            _specialTokens[name] = content;
        }

        if (additional.Count > 0)
        {
            _specialTokens["additional_special_tokens"] = new ListValue([.. additional]);
        }
    }

    /// <summary>Reads the chat template of a checkpoint: the processor's, else the tokenizer's; null if it has none.</summary>
    /// <param name="folder">The folder that holds the files.</param>
    /// <param name="limits">Bounds on the template; null = the defaults.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or two files contradict each other; the message names them.</exception>
    public static ChatTemplate? Load(string folder, ChatTemplateLimits? limits = null)
    {
        if ((ChatTemplateFiles.ForProcessor(folder) ?? ChatTemplateFiles.ForTokenizer(folder)) is not { } templates)
        {
            return null;
        }

        var (named, additional) = ChatTemplateFiles.SpecialTokens(folder);
        return new ChatTemplate(templates, named, additional, limits ?? new ChatTemplateLimits());
    }

    /// <summary>A template from its text.</summary>
    /// <param name="template">The text.</param>
    /// <param name="specialTokens">Special tokens by name, such as <c>bos_token</c>, as the template sees them.</param>
    /// <param name="limits">Bounds on the template; null = the defaults.</param>
    /// <exception cref="ChatTemplateException">The text is not well formed.</exception>
    public static ChatTemplate Parse(string template, IReadOnlyDictionary<string, string> specialTokens, ChatTemplateLimits? limits = null)
    {
        var parsed = new ChatTemplate(ChatTemplateSet.Of(template), specialTokens, [], limits ?? new ChatTemplateLimits());
        parsed.Statements(template);
        return parsed;
    }

    /// <summary>The prompt of a conversation.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="addGenerationPrompt">Whether to open the assistant's turn at the end.</param>
    /// <param name="options">What else the template gets; null = nothing.</param>
    /// <exception cref="ChatTemplateException">The template refuses the messages or fails; the kind says how.</exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    /// <remarks>
    /// A message is handed over as a list of parts. It becomes a plain text if it is text alone and the template either tests whether <c>content</c> is a text or
    /// knows no parts at all (never says <c>type</c>).
    /// </remarks>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, ChatTemplateOptions? options = null)
    {
        options ??= new ChatTemplateOptions();
        var shape = new MessageShape(Choose(options));
        return Render(new ListValue([.. messages.Select(shape.Of)]), addGenerationPrompt, options).Text;
    }

    /// <summary>The prompt of a conversation given as JSON, which the template sees exactly as it is, and the parts that the assistant said.</summary>
    /// <param name="messages">A JSON list of objects with <c>role</c> and <c>content</c>.</param>
    /// <param name="addGenerationPrompt">Whether to open the assistant's turn at the end.</param>
    /// <param name="options">What else the template gets; null = nothing.</param>
    /// <exception cref="ChatTemplateException">The template refuses the messages or fails; the kind says how.</exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    public ChatRendering Render(JsonElement messages, bool addGenerationPrompt, ChatTemplateOptions? options = null) =>
        Render(JsonValues.From(messages), addGenerationPrompt, options ?? new ChatTemplateOptions());

    private ChatRendering Render(object? messages, bool addGenerationPrompt, ChatTemplateOptions options)
    {
        var final = options.ContinueFinalMessage ? FinalMessage.Mark(messages, addGenerationPrompt) : null;
        var variables = new Dictionary<string, object?>(_specialTokens, StringComparer.Ordinal)
        {
            ["messages"] = final?.Messages ?? messages,
            ["tools"] = List(options.Tools, "tools"),
            ["documents"] = List(options.Documents, "documents"),
            ["add_generation_prompt"] = addGenerationPrompt,
        };
        foreach (var (name, value) in options.Variables)
        {
            variables[name] = JsonValues.From(value);
        }

        var now = options.Now ?? TimeProvider.System.GetLocalNow();
        var renderer = new Renderer(variables, _limits, now, options.SkipsFirstGenerationRange, options.Cancellation);
        string text = renderer.Render(Statements(Choose(options)));
        return new ChatRendering(final?.Cut(text) ?? text, renderer.Ranges);
    }

    private static object? List(JsonElement? element, string name)
    {
        if (element is not { } value || value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? JsonValues.From(value)
            : throw new ChatTemplateException(ChatTemplateError.Request, $"{name} must be a list of objects");
    }

    private string Choose(ChatTemplateOptions options)
    {
        if (options.Name is not { } name)
        {
            return _templates.Default(options.Tools is not null);
        }

        return _templates.Find(name) ?? throw new ChatTemplateException(ChatTemplateError.Request, $"the checkpoint has no chat template named {name}");
    }

    private IReadOnlyList<Statement> Statements(string template) => _parsed.GetOrAdd(template, text => TemplateParser.Parse(text, _limits));
}
