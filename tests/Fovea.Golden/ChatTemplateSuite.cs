using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fovea.Text;

namespace Fovea.Golden;

/// <summary>Cases of <c>tokenizer/chat-templates</c>: renderings, built-in formats, which file wins, and whole checkpoints.</summary>
internal static class ChatTemplateSuite
{
    private static readonly Dictionary<string, string> NoTokens = [];

    /// <summary>Template and variables to text or error.</summary>
    public static IEnumerable<GoldenTest> Renderings(string path, string id)
    {
        var root = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        foreach (var test in Cases(root))
        {
            yield return new GoldenTest($"{id}#{Name(test)}", () => Rendering(root, test));
        }
    }

    /// <summary>Formats for checkpoints without a template.</summary>
    public static IEnumerable<GoldenTest> BuiltIn(string path, string id)
    {
        foreach (var test in Cases(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement))
        {
            yield return new GoldenTest($"{id}#{Name(test)}", () =>
            {
                var format = BuiltInPromptFormats.Find(Text(test, "format")) ?? throw new NotBuiltException($"the prompt format {Text(test, "format")}");
                List<ChatMessage> messages = test.GetProperty("system").GetString() is { } system ? [ChatMessage.System(system)] : [];
                var turns = test.GetProperty("turns").EnumerateArray().Select(turn => (Role: Text(turn, "role"), Content: turn.GetProperty("content").GetString())).ToList();
                messages.AddRange(turns.Where(turn => turn.Content is not null).Select(turn => new ChatMessage(turn.Role, [new TextPart(turn.Content ?? "")])));
                Compare.Text("prompt", Text(test, "expected"), format.Render(messages, addGenerationPrompt: turns[^1].Content is null));
            });
        }
    }

    /// <summary>Files in a folder to the templates of processor and tokenizer.</summary>
    public static IEnumerable<GoldenTest> Resolutions(string path, string id)
    {
        foreach (var test in Cases(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement))
        {
            yield return new GoldenTest($"{id}#{Name(test)}", () => Resolution(test));
        }
    }

    /// <summary>Conversations of the golden checkpoints to prompts and ids.</summary>
    public static IEnumerable<GoldenTest> Checkpoints(string root, string path, string id)
    {
        foreach (var checkpoint in JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("checkpoints").EnumerateArray())
        {
            string folder = Path.Combine(root, "checkpoints", Text(checkpoint, "checkpoint"));
            yield return new GoldenTest($"{id}#{Text(checkpoint, "checkpoint")}-special-tokens", () => SpecialTokens(checkpoint.GetProperty("special_tokens"), folder));
            foreach (var test in Cases(checkpoint))
            {
                yield return new GoldenTest($"{id}#{Text(checkpoint, "checkpoint")}-{Name(test)}", () => Checkpoint(test, folder));
            }
        }
    }

    private static void Rendering(JsonElement root, JsonElement test)
    {
        var template = test.GetProperty("template");
        string source = template.ValueKind == JsonValueKind.String ? template.GetString() ?? "" : root.GetProperty("templates").GetProperty(Text(template, "ref")).GetString() ?? "";
        var variables = test.TryGetProperty("variables", out var given) ? given.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value) : [];
        var messages = variables.Remove("messages", out var list) ? list : JsonDocument.Parse("[]").RootElement;
        bool prompt = variables.Remove("add_generation_prompt", out var flag) && flag.GetBoolean();
        var options = new ChatTemplateOptions
        {
            Tools = variables.Remove("tools", out var tools) ? tools : null,
            Documents = variables.Remove("documents", out var documents) ? documents : null,
            Variables = variables,
            SkipsFirstGenerationRange = true,
        };
        foreach (var option in test.TryGetProperty("options", out var asked) ? asked.EnumerateObject() : default)
        {
            options = option.Name switch
            {
                "now" => options with { Now = new DateTimeOffset(DateTime.Parse(option.Value.GetString() ?? "", CultureInfo.InvariantCulture), TimeSpan.Zero) },
                "continue_final_message" => options with { ContinueFinalMessage = option.Value.GetBoolean() },
                "return_generation_ranges" => options,
                _ => throw new GoldenMismatchException($"the option {option.Name} is not known"),
            };
        }

        ChatRendering rendering;
        try
        {
            rendering = ChatTemplate.Parse(source, NoTokens).Render(messages, prompt, options);
        }
        catch (ChatTemplateException exception)
        {
            CheckError(test, exception);
            return;
        }

        CheckText(test, rendering);
    }

    private static void CheckError(JsonElement test, ChatTemplateException exception)
    {
        if (!test.TryGetProperty("error", out var error))
        {
            throw new GoldenMismatchException($"it fails: {exception.Error}: {exception.Message}");
        }

        Compare.Exact("kind of error", Text(error, "kind"), exception.Error.ToString().ToLowerInvariant());
        if (error.TryGetProperty("line", out var line))
        {
            Compare.Exact("line", line.GetInt32(), exception.Line);
        }

        if (error.TryGetProperty("message", out var message))
        {
            Compare.Text("message", message.GetString() ?? "", exception.Message);
        }
    }

    private static void CheckText(JsonElement test, ChatRendering rendering)
    {
        if (test.TryGetProperty("expected_sha256", out var hash))
        {
            Compare.Exact("length", test.GetProperty("expected_length").GetInt32(), rendering.Text.EnumerateRunes().Count());
            Compare.Exact("hash", hash.GetString(), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rendering.Text))));
            return;
        }

        if (!test.TryGetProperty("expected", out var expected))
        {
            throw new GoldenMismatchException($"it gives a text, expected the error {test.GetProperty("error").GetRawText()}");
        }

        Compare.Text("text", expected.GetString() ?? "", rendering.Text);
        if (test.TryGetProperty("expected_generation_ranges", out var ranges))
        {
            Compare.Exact("ranges", string.Join(' ', ranges.EnumerateArray().Select(range => $"{range[0]}-{range[1]}")),
                string.Join(' ', rendering.GenerationRanges.Select(range => $"{range.Start}-{range.End}")));
        }
    }

    private static void Resolution(JsonElement test)
    {
        string folder = Directory.CreateTempSubdirectory("fovea-templates-").FullName;
        try
        {
            foreach (var file in test.GetProperty("files").EnumerateObject())
            {
                bool isText = file.Name.EndsWith(".jinja", StringComparison.Ordinal);
                string path = Path.Combine(folder, isText || file.Name.EndsWith(".json", StringComparison.Ordinal) ? file.Name : file.Name + ".json");
                Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
                File.WriteAllText(path, isText ? file.Value.GetString() : $$"""{"chat_template": {{file.Value.GetRawText()}}}""");
            }

            CheckSet("processor", test.GetProperty("processor"), () => ChatTemplateFiles.ForProcessor(folder), toolTemplate: false);
            CheckSet("tokenizer", test.GetProperty("tokenizer"), () => ChatTemplateFiles.ForTokenizer(folder), toolTemplate: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CheckSet(string name, JsonElement expected, Func<ChatTemplateSet?> load, bool toolTemplate)
    {
        if (expected.TryGetProperty("error", out _))
        {
            try
            {
                load();
            }
            catch (InvalidDataException)
            {
                return;
            }

            throw new GoldenMismatchException($"the {name} loads, expected an error");
        }

        var set = load();
        string Describe(JsonElement templates) => templates.ValueKind switch
        {
            JsonValueKind.Null => "none",
            JsonValueKind.String => templates.GetString() ?? "",
            _ => string.Join('|', templates.EnumerateObject().Select(entry => $"{entry.Name}={entry.Value}").Order(StringComparer.Ordinal)),
        };
        string actual = set is null ? "none" : set.Single ?? string.Join('|', set.Named.Select(entry => $"{entry.Key}={entry.Value}").Order(StringComparer.Ordinal));
        Compare.Text($"templates of the {name}", Describe(expected.GetProperty("templates")), actual);
        Choice($"{name} plain", expected.GetProperty("plain"), () => set?.Default(forTools: false));
        Choice($"{name} with tools", expected.GetProperty("tools"), () => set?.Default(toolTemplate));

        // The reference takes an unknown name for the text of a template.
        Choice($"{name} named rag", expected.GetProperty("named_rag"), () => set?.Find("rag") ?? "rag");
    }

    private static void Choice(string name, JsonElement expected, Func<string?> choose)
    {
        string? chosen;
        try
        {
            chosen = choose();
        }
        catch (ChatTemplateException)
        {
            chosen = null;
        }

        bool fails = expected.ValueKind == JsonValueKind.Object;
        Compare.Exact($"{name} exists", !fails, chosen is not null);
        if (chosen is not null)
        {
            Compare.Text(name, expected.GetString() ?? "", ChatTemplate.Parse(chosen, NoTokens).Render([], addGenerationPrompt: false));
        }
    }

    private static void SpecialTokens(JsonElement expected, string folder)
    {
        var (named, additional) = ChatTemplateFiles.SpecialTokens(folder);
        string[] actual = [.. named.Select(entry => $"{entry.Key}={entry.Value}"), .. additional.Count > 0 ? ["additional_special_tokens=" + string.Join(',', additional)] : Array.Empty<string>()];
        var wanted = expected.EnumerateObject().Select(entry =>
            $"{entry.Name}={(entry.Value.ValueKind == JsonValueKind.Array ? string.Join(',', entry.Value.EnumerateArray()) : entry.Value.GetString())}");
        Compare.Text("special tokens", string.Join('\n', wanted.Order(StringComparer.Ordinal)), string.Join('\n', actual.Order(StringComparer.Ordinal)));
    }

    private static void Checkpoint(JsonElement test, string folder)
    {
        var template = test.TryGetProperty("template", out var source)
            ? ChatTemplate.Parse(source.GetString() ?? "", ChatTemplateFiles.SpecialTokens(folder).Named)
            : ChatTemplate.Load(folder) ?? throw new GoldenMismatchException("the checkpoint has no template");
        string prompt = template.Render(test.GetProperty("messages"), test.GetProperty("add_generation_prompt").GetBoolean()).Text;
        Compare.Text("prompt", Text(test, "prompt"), prompt);
        var tokenizer = Tokenizer.Load(folder);
        int[] ids = TokenizerSuite.Ids(test, "ids");
        TokenizerSuite.Same("ids", ids, tokenizer.EncodePrompt(prompt));
        TokenizerSuite.Same("ids of the tokenizer path", test.TryGetProperty("ids_tokenizer", out _) ? TokenizerSuite.Ids(test, "ids_tokenizer") : ids, tokenizer.Encode(prompt, addSpecialTokens: false));
    }

    private static JsonElement.ArrayEnumerator Cases(JsonElement root) => root.GetProperty("cases").EnumerateArray();

    private static string Name(JsonElement test) => Text(test, "name");

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString() ?? "";
}
