using Fovea.Imaging;
using Fovea.Parquet;

namespace Fovea.Training.Scenes;

/// <summary>Scenes as one Parquet file, in the columns that Hugging Face's datasets has for pictures with conversations.</summary>
internal static class SceneParquet
{
    /// <summary>What datasets reads a column of bytes and path as.</summary>
    /// <remarks>Source: huggingface/datasets, Features.arrow_schema; a list is written as versions before 4 and after write it.</remarks>
    private const string Features =
        """{"info": {"features": {"id": {"dtype": "string", "_type": "Value"}, "image": {"_type": "Image"}, "conversations": [{"from": {"dtype": "string", "_type": "Value"}, "value": {"dtype": "string", "_type": "Value"}}]}}}""";

    /// <summary>Writes pictures with their questions; nothing stays of a file that is not finished.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<(string Id, Image Picture, IReadOnlyList<SceneQuestion> Questions)> scenes)
    {
        var schema = new Schema(
        [
            SchemaNode.Text("id"),
            new SchemaNode("image", Repetition.Optional, [new SchemaNode("bytes", Repetition.Optional, PhysicalType.ByteArray), SchemaNode.Text("path")]),
            SchemaNode.List("conversations", new SchemaNode("element", Repetition.Optional, [SchemaNode.Text("from"), SchemaNode.Text("value")])),
        ]);
        using var writer = new ParquetWriter(path, schema, new Dictionary<string, string> { ["huggingface"] = Features });
        foreach (var (id, picture, questions) in scenes)
        {
            using var png = new MemoryStream();
            picture.SavePng(png);
            object?[] turns = [.. SceneDataset.Conversation(questions).Select(turn => new object?[] { turn.From, turn.Value })];
            writer.Add(id, new object?[] { png.ToArray(), $"{id}.png" }, turns);
        }

        writer.Finish();
    }
}
