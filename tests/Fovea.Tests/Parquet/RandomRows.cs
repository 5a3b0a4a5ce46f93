using Fovea.Parquet;

namespace Fovea.Tests.Parquet;

/// <summary>Schemas and rows drawn from a seed: all types, optional and required, lists of lists and of groups, nulls, empty lists and empty texts.</summary>
internal sealed class RandomRows(int seed)
{
    private const int DeepestGroup = 3;
    private readonly Random _random = new(seed);

    public Schema Schema() => new([.. Enumerable.Range(0, 1 + _random.Next(4)).Select(i => Field($"field{i}", 0))]);

    public object?[] Row(Schema schema) => [.. schema.Fields.Select(Value)];

    private SchemaNode Field(string name, int depth) => (depth < DeepestGroup ? _random.Next(4) : 0) switch
    {
        1 => new SchemaNode(name, AnyRepetition(), [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(i => Field($"part.{i}", depth + 1))]),
        2 => SchemaNode.List(name, Field("element", depth + 1)),
        3 when _random.Next(3) == 0 => new SchemaNode(name, Repetition.Optional, [new SchemaNode("key_value", Repetition.Repeated, [Leaf("key", Repetition.Required), Field("value", depth + 1)])], Annotation.Map),
        _ => Leaf(name, AnyRepetition()),
    };

    private SchemaNode Leaf(string name, Repetition repetition)
    {
        var type = (PhysicalType)_random.Next(8);
        return new SchemaNode(name, repetition, type, type == PhysicalType.ByteArray && _random.Next(2) == 0 ? Annotation.String : Annotation.None, type == PhysicalType.FixedLenByteArray ? 1 + _random.Next(20) : 0);
    }

    private Repetition AnyRepetition() => (Repetition)_random.Next(3);

    private object? Value(SchemaNode node) => node.Repetition switch
    {
        Repetition.Optional when _random.Next(4) == 0 => null,
        Repetition.Repeated => Enumerable.Range(0, _random.Next(4)).Select(_ => Inner(node)).ToArray(),
        _ => Inner(node),
    };

    private object? Inner(SchemaNode node) => node switch
    {
        { IsTransparent: true } => Value(node.Children[0]),
        { IsLeaf: false } => node.Children.Select(Value).ToArray(),
        { Type: PhysicalType.Boolean } => _random.Next(2) == 0,
        { Type: PhysicalType.Int32 } => _random.Next(int.MinValue, int.MaxValue),
        { Type: PhysicalType.Int64 } => _random.NextInt64(long.MinValue, long.MaxValue),
        { Type: PhysicalType.Float } => _random.NextSingle(),
        { Type: PhysicalType.Double } => _random.NextDouble(),
        { Annotation: Annotation.String } => string.Concat(Enumerable.Repeat("wört 日", _random.Next(4))),
        _ => Bytes(node.Width > 0 ? node.Width : _random.Next(30)),
    };

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
