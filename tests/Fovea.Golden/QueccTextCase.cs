using System.Text.Json;
using Fovea.Models.Llava;
using Fovea.Models.Quecc;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Serialization;
using Fovea.Text;
using Fovea.Training.Data;

namespace Fovea.Golden;

/// <summary><c>training/quecc-text</c>: what a case holds says what it is about.</summary>
internal static class QueccTextCase
{
    public static void Run(GoldenCase golden)
    {
        var root = golden.Root;
        if (root.TryGetProperty("batches", out var batches))
        {
            CheckQuestions(batches, Tokenizer.Load(Checkpoint(golden)));
        }
        else if (root.TryGetProperty("even_chunks", out var chunks))
        {
            CheckSampler(root.GetProperty("rows"), chunks);
        }
        else if (golden.Options.TryGetProperty("pad_token_id", out _))
        {
            CheckBatch(golden);
        }
        else if (golden.Options.TryGetProperty("version", out _) && root.TryGetProperty("rows", out var rows))
        {
            CheckLabels(golden, rows);
        }
        else if (root.TryGetProperty("rows", out var prompts))
        {
            CheckPrompts(prompts);
        }
        else if (File.Exists(ProjectorFile(golden)))
        {
            CheckProjector(golden);
        }
        else
        {
            QueccStepCase.Run(golden, Checkpoint(golden));
        }
    }

    private static void CheckQuestions(JsonElement batches, Tokenizer tokenizer)
    {
        foreach (var batch in batches.EnumerateArray())
        {
            var prompts = new List<int[]>();
            foreach (var (row, ids) in batch.GetProperty("rows").EnumerateArray().Zip(batch.GetProperty("input_ids").EnumerateArray()))
            {
                prompts.Add(OriginalPrompt.Encode(tokenizer, row.GetString() ?? ""));
                Same("input_ids", Numbers(ids), prompts[^1]);
            }

            // Where the reference miscounts, every picture still gets a question here.
            if (batch.TryGetProperty("misaligned", out var misaligned) && misaligned.GetBoolean())
            {
                continue;
            }

            var questions = QueryText.OfBatch(prompts, tokenizer);
            var expected = batch.GetProperty("queries").EnumerateArray().Select(query => query.GetString() ?? "").ToList();
            Compare.Exact("number of queries", expected.Count, questions.Count);
            for (int i = 0; i < expected.Count; i++)
            {
                Compare.Text($"queries[{i}]", expected[i], questions[i]);
                Same($"query_ids[{i}]", Numbers(batch.GetProperty("query_ids")[i]), tokenizer.Encode(questions[i]));
            }
        }
    }

    private static void CheckPrompts(JsonElement rows)
    {
        foreach (var row in rows.EnumerateArray())
        {
            string template = row.GetProperty("template").GetString() ?? "";
            string[] turns = [.. row.GetProperty("turns").EnumerateArray().Select(turn => turn.GetString() ?? "")];
            if (row.TryGetProperty("prompt", out var prompt))
            {
                Compare.Text($"{template} with {turns.Length} turns", prompt.GetString() ?? "", ConversationEncoder.Prompt(template, turns));
                continue;
            }

            try
            {
                ConversationEncoder.Prompt(template, turns);
            }
            catch (ArgumentException)
            {
                continue;
            }

            throw new GoldenMismatchException($"{template} with {turns.Length} turns should be refused");
        }
    }

    private static void CheckLabels(GoldenCase golden, JsonElement rows)
    {
        var tokenizer = Tokenizer.Load(Checkpoint(golden));
        var encoder = new ConversationEncoder(tokenizer, golden.Options.GetProperty("version").GetString() ?? "", golden.Options.GetProperty("model_max_length").GetInt32());
        foreach (var row in rows.EnumerateArray())
        {
            string name = row.GetProperty("name").GetString() ?? "";
            var turns = row.GetProperty("conversations").EnumerateArray()
                .Select(turn => new ConversationTurn(turn.GetProperty("from").GetString() ?? "", turn.GetProperty("value").GetString() ?? "")).ToList();
            var labelled = encoder.Encode(turns, row.GetProperty("has_image").GetBoolean());
            Same($"{name}: input_ids", Numbers(row.GetProperty("input_ids")), labelled.Ids);
            Same($"{name}: labels", Numbers(row.GetProperty("labels")), labelled.Labels);
            Compare.Exact($"{name}: all_masked", row.GetProperty("all_masked").GetBoolean(), labelled.Labels.All(label => label == LabelledPrompt.Ignored));
            int[] learnt = [.. labelled.Labels.Where(label => label >= 0)];
            Compare.Text($"{name}: learnt_text", row.GetProperty("learnt_text").GetString() ?? "", tokenizer.Decode(learnt, skipSpecialTokens: false));
        }
    }

    private static void CheckBatch(GoldenCase golden)
    {
        var samples = golden.Root.GetProperty("rows").EnumerateArray()
            .Select(row => new LabelledPrompt(Numbers(row.GetProperty("input_ids")), Numbers(row.GetProperty("labels")), false)).ToList();
        var batch = PaddedBatch.Of(samples, golden.Options.GetProperty("model_max_length").GetInt32(), golden.Options.GetProperty("pad_token_id").GetInt32());
        golden.Check("input_ids", [.. batch.Ids.SelectMany(row => row)]);
        golden.Check("labels", [.. batch.Labels.SelectMany(row => row)]);
        golden.Check("attention_mask", [.. batch.Mask.SelectMany(row => row.Select(counts => counts ? 1 : 0))]);
    }

    private static void CheckSampler(JsonElement rows, JsonElement chunks)
    {
        foreach (var row in rows.EnumerateArray())
        {
            var drawn = new Queue<int[]>(row.GetProperty("permutations_drawn").EnumerateArray().Select(Numbers));
            var order = ModalitySampler.Order(
                Numbers(row.GetProperty("lengths")), row.GetProperty("batch_size").GetInt32(), row.GetProperty("world_size_times_accumulation").GetInt32(), count =>
                {
                    int[] permutation = drawn.Dequeue();
                    Compare.Exact("length of a permutation", permutation.Length, count);
                    return permutation;
                });
            string name = row.GetProperty("name").GetString() ?? "";
            Same(name, Numbers(row.GetProperty("indices")), [.. order]);
            Compare.Exact($"{name}: permutations that were not asked for", 0, drawn.Count);
        }

        foreach (var row in chunks.EnumerateArray())
        {
            var dealt = ModalitySampler.EvenChunks(Numbers(row.GetProperty("indices")), Numbers(row.GetProperty("lengths")), row.GetProperty("chunks").GetInt32());
            var expected = row.GetProperty("result").EnumerateArray().Select(Numbers).ToList();
            Compare.Exact("even_chunks", expected.Count, dealt.Count);
            for (int i = 0; i < expected.Count; i++)
            {
                Same("even_chunks", expected[i], [.. dealt[i]]);
            }
        }
    }

    private static void CheckProjector(GoldenCase golden)
    {
        using var file = TorchReader.Open(ProjectorFile(golden));
        Compare.Text("names", string.Join(' ', golden.Expected.Select(expected => expected.Name).Order(StringComparer.Ordinal)), string.Join(' ', file.Names.Order(StringComparer.Ordinal)));
        foreach (string name in file.Names)
        {
            var stored = file[name];
            Compare.Exact($"{name}: type", ElementType.BF16, stored.ElementType);
            Compare.Exact($"{name}: shape", golden.Output(name).Shape, stored.Shape);
            var values = Tensor.Allocate(stored.Shape.ToArray());
            for (int row = 0; row < stored.Rows; row++)
            {
                Widen.Row(stored, row, values.Row<float>(row));
            }

            golden.Check(name, values.AsSpan<float>());
        }
    }

    private static string ProjectorFile(GoldenCase golden) => Path.Combine(Checkpoint(golden), "mm_projector.bin");

    private static string Checkpoint(GoldenCase golden)
    {
        string root = Path.Combine(Path.GetDirectoryName(golden.Path) ?? "", "..", "..");
        return Path.Combine(root, "checkpoints", golden.Root.GetProperty("checkpoint").GetString() ?? "");
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    private static void Same(string name, int[] expected, int[] actual)
    {
        Compare.Exact($"length of {name}", expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Compare.Exact($"{name}[{i}]", expected[i], actual[i]);
        }
    }
}
