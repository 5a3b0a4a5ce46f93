namespace Fovea.Parquet;

/// <summary>A field of a schema: a leaf, whose values are a column, or a group of fields. Levels and columns are known once a <see cref="Schema"/> holds it.</summary>
/// <remarks>Source: apache/parquet-format, README and LogicalTypes.md; levels after "Dremel: Interactive Analysis of Web-Scale Datasets" (VLDB 2010).</remarks>
internal sealed class SchemaNode
{
    /// <summary>Creates a leaf.</summary>
    public SchemaNode(string name, Repetition repetition, PhysicalType type, Annotation annotation = Annotation.None, int typeLength = 0)
    {
        (Name, Repetition, Type, Annotation, Children) = (name, repetition, type, annotation, []);
        Width = type switch
        {
            PhysicalType.Boolean => 1,
            PhysicalType.Int32 or PhysicalType.Float => 4,
            PhysicalType.Int64 or PhysicalType.Double => 8,
            PhysicalType.Int96 => 12,
            PhysicalType.FixedLenByteArray => typeLength,
            _ => 0,
        };
        IsLeaf = true;
    }

    /// <summary>Creates a group.</summary>
    public SchemaNode(string name, Repetition repetition, IReadOnlyList<SchemaNode> children, Annotation annotation = Annotation.None) =>
        (Name, Repetition, Annotation, Children) = (name, repetition, annotation, children);

    public string Name { get; }

    public Repetition Repetition { get; }

    public Annotation Annotation { get; }

    public bool IsLeaf { get; }

    /// <summary>How the values of a leaf are stored.</summary>
    public PhysicalType Type { get; }

    /// <summary>Bytes of a value of a leaf, a Boolean's being one in memory; 0 if they vary.</summary>
    public int Width { get; }

    /// <summary>The fields of a group.</summary>
    public IReadOnlyList<SchemaNode> Children { get; }

    /// <summary>Names from the top.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>The names with dots between them.</summary>
    public string Path => string.Join('.', Names);

    /// <summary>What a definition level is at least where this field is there.</summary>
    public int DefinitionLevel { get; private set; }

    /// <summary>The repetition level of a further one of the repeated field that this one lies in; 0 = it lies in none.</summary>
    public int RepetitionLevel { get; private set; }

    /// <summary>The first column below, or the leaf's own.</summary>
    public int FirstColumn { get; private set; }

    /// <summary>Columns below.</summary>
    public int Columns { get; private set; }

    /// <summary>A group that stands for no value of its own: its value is that of its only field. Lists are written with two of them.</summary>
    public bool IsTransparent { get; private set; }

    /// <summary>Whether the value of this field is a list.</summary>
    public bool IsList => Repetition == Repetition.Repeated || (IsTransparent && Children[0].IsList);

    /// <summary>What a list is made of.</summary>
    public SchemaNode Element => Repetition != Repetition.Repeated ? Children[0].Element : IsTransparent ? Children[0] : this;

    /// <summary>Whether the values are text.</summary>
    public bool IsText => IsLeaf && Annotation == Annotation.String;

    /// <summary>A list as all current writers lay it out.</summary>
    public static SchemaNode List(string name, SchemaNode element) =>
        new(name, Repetition.Optional, [new SchemaNode("list", Repetition.Repeated, [element])], Annotation.List);

    /// <summary>A text that may be missing.</summary>
    public static SchemaNode Text(string name) => new(name, Repetition.Optional, PhysicalType.ByteArray, Annotation.String);

    /// <summary>Which field of a group is a text of some name; -1 if there is none.</summary>
    public int IndexOfText(string name) => IndexOf(child => child.Name == name && child is { IsText: true, Repetition: not Repetition.Repeated });

    /// <summary>Which field of a group is bytes of some name; -1 if there is none.</summary>
    public int IndexOfBytes(string name) =>
        IndexOf(child => child.Name == name && child is { IsLeaf: true, Type: PhysicalType.ByteArray, Annotation: Annotation.None, Repetition: not Repetition.Repeated });

    /// <summary>Gives this field and those below their levels and columns.</summary>
    internal void Place(SchemaNode? parent, List<SchemaNode> leaves)
    {
        Names = parent is null ? [] : [.. parent.Names, Name];
        DefinitionLevel = (parent?.DefinitionLevel ?? 0) + (parent is null || Repetition == Repetition.Required ? 0 : 1);
        RepetitionLevel = (parent?.RepetitionLevel ?? 0) + (parent is not null && Repetition == Repetition.Repeated ? 1 : 0);
        IsTransparent = parent is not null && Children.Count == 1 && (OpensList || (parent is { OpensList: true } && IsElementGroup(parent)));
        FirstColumn = leaves.Count;
        if (IsLeaf)
        {
            leaves.Add(this);
        }

        foreach (var child in Children)
        {
            child.Place(this, leaves);
        }

        Columns = leaves.Count - FirstColumn;
    }

    private int IndexOf(Predicate<SchemaNode> wanted) => Array.FindIndex([.. Children], wanted);

    private bool OpensList => Annotation is Annotation.List or Annotation.Map && Children is [{ Repetition: Repetition.Repeated }];

    /// <summary>Whether the repeated group of a list only holds its element, by the rules of the format for older files.</summary>
    private bool IsElementGroup(SchemaNode list) =>
        list.Annotation == Annotation.List && Annotation == Annotation.None && Children[0].Repetition != Repetition.Repeated && Name != "array" && Name != $"{list.Name}_tuple";
}
