using Fovea.Nn;
using Fovea.Tensors;

namespace Fovea.Tests.Nn;

[Trait("kind", "property")]
public sealed class WeightPolicyTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "a.b", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("lm_head", "lm_head", true)]
    [InlineData("lm_head", "model.lm_head", false)]
    [InlineData("*vision*", "model.vision_tower.0.fc1", true)]
    [InlineData("*.fc?", "tower.fc1", true)]
    [InlineData("*.fc?", "tower.fc11", false)]
    [InlineData("a*b*c", "axxbxbyc", true)]
    [InlineData("a*b*c", "axxbxby", false)]
    [InlineData("Layers.*", "layers.0", false)]
    public void Matches_OfAPattern_IsOfTheWholeName(string pattern, string name, bool expected) => Assert.Equal(expected, NamePattern.Matches(pattern, name));

    [Fact]
    public void Matches_OfManyStars_EndsSoon() =>
        Assert.False(NamePattern.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 2000)));

    [Theory]
    [InlineData("int8", "lm.layers.0.mlp.up_proj", 896, "int8:64")]
    [InlineData("int8", "lm_head", 896, "int8:64")]
    [InlineData("int8", "tower.encoder.layers.0.mlp.fc2", 96, "int8:32")]
    [InlineData("int8", "tower.encoder.layers.0.mlp.fc2", 4304, "int8:64")]
    [InlineData("int4:128", "lm.layers.3.mlp.up_proj", 896, "int4:128")]
    [InlineData("int4:128", "lm.layers.3.mlp.up_proj", 160, "int4:32")]
    [InlineData("int4", "lm_head", 896, "int8:64")]
    [InlineData("int4", "proj.1", 1024, "int8:64")]
    [InlineData("int4", "visual.blocks.0.attn.proj", 1280, "int8:64")]
    [InlineData("bf16", "lm.layers.0.mlp.up_proj", 20, "bf16")]
    [InlineData("int8", "lm.layers.0.mlp.gate", 896, null)]
    [InlineData("int8", "lm.layers.0.mlp.gate_proj", 896, "int8:64")]
    [InlineData("int8", "quecc.text_projection.0", 896, null)]
    [InlineData("int8", "lm.layers.7.mlp.up_proj", 896, null)]
    public void For_AModule_IsItsFormat(string format, string canonical, int inputs, string? expected)
    {
        var policy = new WeightPolicy { Format = WeightFormat.Parse(format), KeepFloat = ["*.layers.7.*"] };
        Assert.Equal(expected, policy.For(canonical, canonical, inputs)?.ToString());
    }

    [Fact]
    public void AsStored_ChangesNothing() => Assert.Null(WeightPolicy.AsStored.For("lm.layers.0.mlp.up_proj", "x", 64));
}
