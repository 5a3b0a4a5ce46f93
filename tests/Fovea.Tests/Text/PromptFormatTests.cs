using Fovea.Text;

namespace Fovea.Tests.Text;

[Trait("kind", "reference")]
public sealed class PromptFormatTests
{
    [Theory]
    [InlineData("llava_v1", "USER: <image>\n<image>\nQ ASSISTANT:")]
    [InlineData("llava_hf", "USER: <image>\n<image>\nQ ASSISTANT:")]
    [InlineData("onevision_hf", "<|im_start|>user <image><image>\nQ<|im_end|><|im_start|>assistant\n")]
    [InlineData("qwen_vl", "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|><|vision_start|><|image_pad|><|vision_end|>Q<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("internvl_hf", "<|im_start|>user\n<IMG_CONTEXT>\n<IMG_CONTEXT>\nQ<|im_end|>\n<|im_start|>assistant\n")]
    public void Render_OfTwoImages_PutsAPlaceholderForEach(string name, string expected)
    {
        var format = Assert.IsType<PromptFormat>(BuiltInPromptFormats.Find(name));

        Assert.EndsWith(expected, format.Render([ChatMessage.User("Q", images: 2)], addGenerationPrompt: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_OfATextWithAPlaceholder_AddsNone()
    {
        var format = Assert.IsType<PromptFormat>(BuiltInPromptFormats.Find("plain"));

        Assert.Equal("see <image> here\n", format.Render([ChatMessage.User("see <image> here", images: 1)], addGenerationPrompt: true));
    }

    [Fact]
    public void Find_OfEveryNameAndAlias_GivesAFormat()
    {
        foreach (string name in (string[])[.. BuiltInPromptFormats.Names, "v1", "llava_mistral_instruct", "mistral_direct", "qwen_2"])
        {
            var format = Assert.IsType<PromptFormat>(BuiltInPromptFormats.Find(name));
            Assert.Contains("text", format.Render([ChatMessage.User("text")], addGenerationPrompt: true), StringComparison.Ordinal);
        }

        Assert.Null(BuiltInPromptFormats.Find("nothing"));
    }

    [Fact]
    public void Render_OfASystemMessageWithoutAPlace_IsAnErrorOfTheRequest()
    {
        var format = Assert.IsType<PromptFormat>(BuiltInPromptFormats.Find("plain"));

        Assert.Equal(ChatTemplateError.Request, Assert.Throws<ChatTemplateException>(() => format.Render([ChatMessage.System("S")], addGenerationPrompt: true)).Error);
    }

    [Theory]
    [InlineData("""{"model_type": "llava_llama"}""", "llava-v1.5-7b", "llava_v1")]
    [InlineData("""{"model_type": "llava_llama"}""", "llava-v1.6-34b", "chatml_direct")]
    [InlineData("""{"model_type": "llava_mistral"}""", "", "mistral_instruct")]
    [InlineData("""{"model_type": "llava_qwen"}""", "", "qwen_1_5")]
    [InlineData("""{"model_type": "internvl_chat", "template": "internlm2-chat"}""", "", "internlm2-chat")]
    [InlineData("""{"model_type": "llava", "text_config": {"model_type": "llama"}, "image_token_index": 32000}""", "", "llava_hf")]
    [InlineData("""{"model_type": "llava_next", "text_config": {"model_type": "mistral"}}""", "", "mistral_instruct")]
    [InlineData("""{"model_type": "llava_onevision"}""", "", "onevision_hf")]
    [InlineData("""{"model_type": "qwen2_5_vl"}""", "", "qwen_vl")]
    [InlineData("""{"model_type": "qwen3_vl_moe"}""", "", "qwen3_vl")]
    [InlineData("""{"model_type": "internvl"}""", "", "internvl_hf")]
    public void ForCheckpoint_OfAFamily_GivesItsFormat(string config, string name, string expected) =>
        Assert.Equal(expected, BuiltInPromptFormats.ForCheckpoint(System.Text.Json.JsonDocument.Parse(config).RootElement, name)?.Name);
}
