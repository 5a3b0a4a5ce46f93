namespace Fovea.Parquet;

/// <summary>The fields of a file, and its columns: the leaves in order.</summary>
internal sealed class Schema
{
    // Deeper than any use; recursion over a schema ends here.
    private const int MaxDepth = 32;

    private readonly SchemaNode _root;

    /// <summary>Takes the fields of a row.</summary>
    /// <exception cref="InvalidDataException">Fields are nested too deep.</exception>
    public Schema(IReadOnlyList<SchemaNode> fields)
    {
        _root = new SchemaNode("schema", Repetition.Required, fields);
        CheckDepth(_root, 0);
        var leaves = new List<SchemaNode>();
        _root.Place(null, leaves);
        Leaves = leaves;
    }

    /// <summary>The fields of a row.</summary>
    public IReadOnlyList<SchemaNode> Fields => _root.Children;

    /// <summary>The columns.</summary>
    public IReadOnlyList<SchemaNode> Leaves { get; }

    /// <summary>Reads a schema, which is written as a list: a group, then its fields.</summary>
    public static Schema Read(ref CompactReader reader, CompactType type)
    {
        var elements = new List<SchemaElement>();
        for (int i = reader.List(type, CompactType.Struct); i > 0; i--)
        {
            elements.Add(SchemaElement.Read(ref reader));
        }

        int next = 0;
        var root = Node(elements, ref next, 0);
        return next == elements.Count && !root.IsLeaf ? new Schema(root.Children) : throw new InvalidDataException("the fields of the schema do not add up");
    }

    /// <summary>Writes a schema as a field of a struct.</summary>
    public void Write(CompactWriter writer, int id)
    {
        writer.List(id, CompactType.Struct, Size(_root));
        Write(writer, _root);
    }

    private static void Write(CompactWriter writer, SchemaNode node)
    {
        SchemaElement.Write(writer, node, node.Names.Count == 0);
        foreach (var child in node.Children)
        {
            Write(writer, child);
        }
    }

    private static SchemaNode Node(List<SchemaElement> elements, ref int next, int depth)
    {
        var element = next < elements.Count && depth <= MaxDepth ? elements[next++] : throw new InvalidDataException("the fields of the schema do not add up, or are nested too deep");
        if (element.Type is { } type)
        {
            return new SchemaNode(element.Name, element.Repetition, type, element.Annotation, element.TypeLength);
        }

        // Every child takes an element of the list, so the count needs no bound of its own.
        var children = new List<SchemaNode>();
        for (int i = 0; i < element.Children; i++)
        {
            children.Add(Node(elements, ref next, depth + 1));
        }

        return children.Count > 0 || depth == 0
            ? new SchemaNode(element.Name, element.Repetition, children, element.Annotation)
            : throw new InvalidDataException($"{element.Name} has neither values nor fields");
    }

    private static int Size(SchemaNode node) => 1 + node.Children.Sum(Size);

    private static void CheckDepth(SchemaNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"fields are nested deeper than {MaxDepth}");
        }

        foreach (var child in node.Children)
        {
            CheckDepth(child, depth + 1);
        }
    }
}
