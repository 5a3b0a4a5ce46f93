using Fovea.Imaging;
using Fovea.Parquet;

namespace Fovea.Training.Data;

/// <summary>
/// The pictures of a Parquet file, in the column <c>image</c> or else <c>images</c>: a group with <c>bytes</c> and <c>path</c>, bytes, a path, or a list of one
/// of them. A path counts where there are no bytes.
/// </summary>
internal sealed class PictureColumn
{
    private const string Bytes = "bytes", File = "path";
    private static readonly string[] Names = ["image", "images"];
    private static readonly ImageLoadOptions AsAFile = new() { ApplyOrientation = true };

    /// <summary>Stands for bytes that are there and were not read.</summary>
    private static readonly object Unread = new();

    private readonly ParquetReader _reader;
    private readonly ParquetColumn _column;
    private readonly PictureFolder _folder;
    private readonly SchemaNode _picture;

    private PictureColumn(ParquetReader reader, ParquetColumn column, PictureFolder folder)
    {
        (_reader, _column, _folder) = (reader, column, folder);
        _picture = column.Field.IsList ? column.Field.Element : column.Field;
        bool isGroup = _picture is { IsLeaf: false, IsTransparent: false };
        if (_picture is not { IsLeaf: true, Type: PhysicalType.ByteArray } && !(isGroup && (_picture.IndexOfBytes(Bytes) >= 0 || _picture.IndexOfText(File) >= 0)))
        {
            throw new InvalidDataException($"{reader.Path}: the column {column.Field.Name} is neither bytes nor a path nor a group with {Bytes} and {File}, nor a list of them");
        }
    }

    /// <summary>The pictures of a file; none if it has no such column.</summary>
    /// <exception cref="InvalidDataException">The column holds something else.</exception>
    public static PictureColumn? Of(ParquetReader reader, PictureFolder folder) =>
        Names.Select(reader.Column).FirstOrDefault(column => column is not null) is { } found ? new PictureColumn(reader, found, folder) : null;

    /// <summary>What a row holds; where the file's statistics say that it holds bytes, they are not read.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public object? Glance(long row) => HasBytes(_reader.Locate(row).Group) ? Unread : _column.Read(row);

    /// <summary>Whether there are pictures in what <see cref="Glance"/> gave; their paths are there.</summary>
    /// <exception cref="InvalidDataException">A path is outside the folder, or a picture of a list is missing.</exception>
    /// <exception cref="IOException">There is no file at a path.</exception>
    public bool Any(object? glance) => glance == Unread || Sources(glance).Count > 0;

    /// <summary>Decodes the pictures of a row.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or what <see cref="Any"/> throws.</exception>
    /// <exception cref="ImageFormatException">A picture cannot be decoded.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Image[] Read(long row) => [.. Sources(_column.Read(row)).Select(source => source is byte[] bytes ? Image.Decode(bytes, AsAFile) : Image.Load((string)source))];

    /// <summary>The paths among what <see cref="Glance"/> gave, as they are written.</summary>
    public IEnumerable<string> Paths(object? glance) => Elements(glance).Select(Source).OfType<string>();

    /// <summary>Bytes, or the path of a file that is there, of each picture.</summary>
    private List<object> Sources(object? value) =>
        [.. Elements(value).Select(element => Source(element) ?? (_column.Field.IsList ? throw new InvalidDataException("a picture of its list is missing") : null)).OfType<object>()
            .Select(source => source is string path ? _folder.Find(path) : source)];

    private object?[] Elements(object? value) => value is null || value == Unread ? [] : _column.Field.IsList ? (object?[])value : [value];

    private object? Source(object? element) => element is object?[] group
        ? group.ElementAtOrDefault(_picture.IndexOfBytes(Bytes)) ?? group.ElementAtOrDefault(_picture.IndexOfText(File))
        : element;

    private bool HasBytes(int group)
    {
        int column = _picture.IsLeaf ? _picture.FirstColumn : _picture.IndexOfBytes(Bytes) is >= 0 and var bytes ? _picture.Children[bytes].FirstColumn : -1;
        return !_column.Field.IsList && column >= 0 && _reader.Schema.Leaves[column].Annotation == Annotation.None && _reader.RowGroups[group].Columns[column].NullCount == 0;
    }
}
