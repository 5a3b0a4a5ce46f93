namespace Fovea.Parquet;

/// <summary>A field as it stands in the footer.</summary>
internal sealed record SchemaElement(string Name, Repetition Repetition, PhysicalType? Type, int TypeLength, int Children, Annotation Annotation)
{
    private const int Utf8 = 0, Map = 1, MapKeyValue = 2, List = 3, Enum = 4, Json = 19;
    private const int LogicalString = 1, LogicalMap = 2, LogicalList = 3, LogicalEnum = 4, LogicalJson = 12;

    /// <summary>Reads a field.</summary>
    public static SchemaElement Read(ref CompactReader reader)
    {
        string? name = null;
        int? type = null, repetition = null, converted = null;
        int length = 0, children = 0, logical = 0;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    type = reader.Int32(field);
                    break;
                case 2:
                    length = reader.Count(field);
                    break;
                case 3:
                    repetition = reader.Int32(field);
                    break;
                case 4:
                    name = reader.Text(field);
                    break;
                case 5:
                    children = reader.Count(field);
                    break;
                case 6:
                    converted = reader.Int32(field);
                    break;
                case 10:
                    logical = Union(ref reader, field);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return new SchemaElement(
            name ?? throw new InvalidDataException("a field has no name"),
            repetition is null ? Repetition.Required : repetition is >= 0 and <= 2 ? (Repetition)repetition : throw new InvalidDataException($"{name} has the unknown repetition {repetition}"),
            type is null ? null : type is >= 0 and <= 7 ? (PhysicalType)type : throw new InvalidDataException($"{name} has the unknown type {type}"),
            type != (int)PhysicalType.FixedLenByteArray || length > 0 ? length : throw new InvalidDataException($"{name} has values of fixed length 0"),
            type is null || children == 0 ? children : throw new InvalidDataException($"{name} has values and fields"),
            AnnotationOf(type, converted, logical));
    }

    /// <summary>Writes a field; the outermost group has no repetition.</summary>
    public static void Write(CompactWriter writer, SchemaNode node, bool isRoot)
    {
        writer.Begin();
        if (node.IsLeaf)
        {
            writer.Int32(1, (int)node.Type);
            if (node.Type == PhysicalType.FixedLenByteArray)
            {
                writer.Int32(2, node.Width);
            }
        }

        if (!isRoot)
        {
            writer.Int32(3, (int)node.Repetition);
        }

        writer.Text(4, node.Name);
        if (!node.IsLeaf)
        {
            writer.Int32(5, node.Children.Count);
        }

        if (node.Annotation != Annotation.None)
        {
            var (converted, logical) = node.Annotation switch
            {
                Annotation.String => (Utf8, LogicalString),
                Annotation.Map => (Map, LogicalMap),
                _ => (List, LogicalList),
            };
            writer.Int32(6, converted);
            writer.Begin(10);
            writer.Empty(logical);
            writer.End();
        }

        writer.End();
    }

    /// <summary>Which member of a union is set; 0 = none.</summary>
    private static int Union(ref CompactReader reader, CompactType type)
    {
        reader.Struct(type);
        int member = 0;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            member = id;
            reader.Skip(field);
        }

        return member;
    }

    private static Annotation AnnotationOf(int? type, int? converted, int logical) => (type, converted, logical) switch
    {
        (null, List, _) or (null, _, LogicalList) => Annotation.List,
        (null, Map or MapKeyValue, _) or (null, _, LogicalMap) => Annotation.Map,
        ((int)PhysicalType.ByteArray, Utf8 or Enum or Json, _) or ((int)PhysicalType.ByteArray, _, LogicalString or LogicalEnum or LogicalJson) => Annotation.String,
        _ => Annotation.None,
    };
}
