using System.Text.Json;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Golden;

/// <summary>A case in two files: what was asked and expected as JSON, and the tensors beside it.</summary>
public sealed class GoldenCase : IDisposable
{
    private readonly JsonDocument _document;
    private readonly SafetensorsReader? _tensors;

    /// <summary>Reads <paramref name="path"/> and the <c>.safetensors</c> of the same name.</summary>
    public GoldenCase(string path)
    {
        Path = path;
        _document = JsonDocument.Parse(File.ReadAllBytes(path));
        string beside = System.IO.Path.ChangeExtension(path, ".safetensors");
        _tensors = File.Exists(beside) ? SafetensorsReader.Open(beside) : null;
    }

    /// <summary>The JSON file.</summary>
    public string Path { get; }

    /// <summary>The whole document.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>The published options of the method.</summary>
    public JsonElement Options => Root.GetProperty("options");

    /// <summary>The expectations, by name.</summary>
    public IEnumerable<JsonProperty> Expected => Root.GetProperty("expected").EnumerateObject();

    /// <summary>Tensor <c>in.NAME</c>.</summary>
    public Tensor Input(string name) => Find("in." + name);

    /// <summary>Tensor <c>out.NAME</c>.</summary>
    public Tensor Output(string name) => Find("out." + name);

    /// <summary>Whether <c>in.NAME</c> exists.</summary>
    public bool HasInput(string name) => _tensors?.TryGet("in." + name, out _) ?? false;

    /// <summary>Whether <c>out.NAME</c> exists.</summary>
    public bool HasOutput(string name) => _tensors?.TryGet("out." + name, out _) ?? false;

    /// <summary>Compares numbers with expectation <paramref name="name"/> under its own tolerance.</summary>
    public void Check(string name, ReadOnlySpan<float> actual) => Compare.Numbers(name, Output(name), Root.GetProperty("expected").GetProperty(name), actual);

    /// <summary>Compares integers with expectation <paramref name="name"/> exactly.</summary>
    public void Check(string name, ReadOnlySpan<int> actual) => Compare.Integers(name, Output(name), actual);

    /// <summary>Compares integers with another tensor of the case exactly.</summary>
    public void Check(Tensor expected, string name, ReadOnlySpan<int> actual) => Compare.Integers(name, expected, actual);

    /// <summary>Compares pixel levels with expectation <paramref name="name"/>: exactly if it says so, else with the slack of one level that its notes allow.</summary>
    public void CheckLevels(string name, ReadOnlySpan<int> actual)
    {
        var expectation = Root.GetProperty("expected").GetProperty(name);
        if (expectation.TryGetProperty("exact", out var exact) && exact.GetBoolean())
        {
            Check(name, actual);
            return;
        }

        float[] values = new float[actual.Length], expected = new float[actual.Length];
        var stored = Output(name).AsSpan<byte>();
        for (int i = 0; i < actual.Length && i < stored.Length; i++)
        {
            (values[i], expected[i]) = (actual[i], stored[i]);
        }

        Compare.Exact($"number of {name}", stored.Length, actual.Length);
        Compare.Numbers(name, expected, values, expectation.GetProperty("atol").GetDouble(), 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _document.Dispose();
        _tensors?.Dispose();
    }

    private Tensor Find(string name) => _tensors is not null && _tensors.TryGet(name, out var tensor)
        ? tensor
        : throw new GoldenMismatchException($"the case has no tensor {name}");
}
