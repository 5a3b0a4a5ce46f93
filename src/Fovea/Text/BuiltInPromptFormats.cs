namespace Fovea.Text;

/// <summary>The prompt formats of model families whose checkpoints come without a chat template.</summary>
/// <remarks>
/// Sources: the conversation classes of LLaVA-VL/LLaVA-NeXT and OpenGVLab/InternVL; for the names that end in <c>_hf</c> or <c>_vl</c> the templates that
/// the Hugging Face layout of these families carries.
/// </remarks>
public static class BuiltInPromptFormats
{
    private const string Helpful = "You are a helpful assistant.";
    private const string Vision = "You are a helpful language and vision assistant. You are able to understand the visual content that the user provides, and assist the user with "
        + "a variety of tasks using natural language.";

    private const string InternLm = "你是由上海人工智能实验室联合商汤科技开发的书生多模态大模型，英文名叫InternVL, 是一个有用无害的人工智能助手。";
    private const string InternVl = "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的多模态大语言模型。";
    private const string ImEnd = "<|im_end|>";

    private static readonly Dictionary<string, PromptFormat> Formats = All().ToDictionary(format => format.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["v1"] = "vicuna_v1",
        ["llava_mistral_instruct"] = "mistral_instruct",
        ["mistral_direct"] = "chatml_direct",
        ["qwen_2"] = "qwen_1_5",
    };

    /// <summary>The names of all formats, aliases left out.</summary>
    public static IReadOnlyCollection<string> Names => Formats.Keys;

    /// <summary>The format of a name or alias; null if there is none.</summary>
    public static PromptFormat? Find(string name) => Formats.GetValueOrDefault(Aliases.GetValueOrDefault(name, name));

    private static IEnumerable<PromptFormat> All()
    {
        yield return Vicuna("vicuna_v1", Chat("user"));
        yield return Vicuna("llava_v1", Chat("human"));
        yield return new PromptFormat("llava_v0")
        {
            DefaultSystem = Chat("human"), System = ("", "###"), User = ("Human: ", "###"), Assistant = ("Assistant: ", "###"), Prompt = "Assistant:", StopTexts = ["###"],
        };
        yield return new PromptFormat("plain") { User = ("", "\n"), Assistant = ("", "\n"), Prompt = "" };
        yield return Instruct("mistral_instruct", null, "[INST] ");
        yield return Instruct("llama_2", null, "<s>[INST] ");
        yield return Instruct("llava_llama_2", Vision, "<s>[INST] ");
        yield return ChatMl("chatml_direct", "Answer the questions.", "");
        yield return ChatMl("mpt", "A conversation between a user and an LLM-based AI assistant. The assistant gives helpful and honest answers.", "");
        yield return ChatMl("qwen_1_5", Helpful, "\n");
        yield return ChatMl("qwen_2_5", "You are Qwen, created by Alibaba Cloud. " + Helpful, "\n");
        yield return new PromptFormat("gemma_instruct")
        {
            User = ("<start_of_turn>user\n", "<end_of_turn>\n"), Assistant = ("<start_of_turn>model\n", "<end_of_turn>\n"),
            Prompt = "<start_of_turn>model\n", StopTexts = ["<end_of_turn>"],
        };
        yield return ChatMl("internvl2_5", InternVl, "\n");
        yield return ChatMl("internlm2-chat", InternLm, "");
        yield return ChatMl("Hermes-2", InternLm, "");
        yield return new PromptFormat("phi3-chat")
        {
            DefaultSystem = InternLm, System = ("<|system|>\n", "<|end|>"), User = ("<|user|>\n", "<|end|>"),
            Assistant = ("<|assistant|>\n", "<|end|>"), Prompt = "<|assistant|>\n", StopTexts = ["<|end|>"],
        };
        yield return new PromptFormat("llava_hf")
        {
            System = ("", " "), User = ("USER: ", " "), Assistant = ("ASSISTANT: ", " "), Prompt = "ASSISTANT:",
            Media = PromptMedia.Lines with { BetweenTexts = " " },
        };
        yield return ChatMl("onevision_hf", null, "") with
        {
            System = ("<|im_start|>system ", ImEnd), User = ("<|im_start|>user ", ImEnd), Assistant = ("<|im_start|>assistant ", ImEnd),
            Media = new PromptMedia("<image>", "<video>", BeforeText: "\n"),
        };
        var triples = new PromptMedia("<|vision_start|><|image_pad|><|vision_end|>", "<|vision_start|><|video_pad|><|vision_end|>", InPlace: true);
        yield return ChatMl("qwen_vl", Helpful, "\n") with { Media = triples };
        yield return ChatMl("qwen3_vl", null, "\n") with { Media = triples };
        yield return ChatMl("internvl_hf", null, "\n") with { Media = new PromptMedia("<IMG_CONTEXT>\n", "<video>\n", InPlace: true) };
    }

    private static string Chat(string who) =>
        $"A chat between a curious {who} and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the {who}'s questions.";

    private static PromptFormat Vicuna(string name, string system) => new(name)
    {
        DefaultSystem = system, System = ("", " "), User = ("USER: ", " "), Assistant = ("ASSISTANT: ", "</s>"), Prompt = "ASSISTANT:", StopTexts = ["</s>"],
    };

    private static PromptFormat Instruct(string name, string? system, string laterUser) => new(name)
    {
        DefaultSystem = system,
        System = ("<<SYS>>\n", "\n<</SYS>>\n\n"),
        SystemInsideUser = true,
        User = ("[INST] ", " [/INST]"),
        LaterUserOpen = laterUser,
        Assistant = (" ", " </s>"),
        Prompt = "",
        StopTexts = ["</s>"],
    };

    private static PromptFormat ChatMl(string name, string? system, string lineEnd) => new(name)
    {
        DefaultSystem = system,
        System = ("<|im_start|>system\n", ImEnd + lineEnd),
        User = ("<|im_start|>user\n", ImEnd + lineEnd),
        Assistant = ("<|im_start|>assistant\n", ImEnd + lineEnd),
        Prompt = "<|im_start|>assistant\n",
        StopTexts = [ImEnd],
    };
}
