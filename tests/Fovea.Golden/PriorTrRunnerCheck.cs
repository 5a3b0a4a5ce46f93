using System.Text.Json;
using Fovea.Reduction.Methods;

namespace Fovea.Golden;

/// <summary>The runner's part of <c>priortr-args.json</c>: models, methods and parameters as they are listed there.</summary>
internal static class PriorTrRunnerCheck
{
    /// <summary>Compares the table.</summary>
    public static void Run(JsonElement runner)
    {
        foreach (var entry in runner.GetProperty("models").EnumerateObject())
        {
            var model = PriorTrRunner.Find(entry.Name);
            Compare.Text($"methods of {entry.Name}", Sorted(Texts(entry.Value.GetProperty("methods"))), Sorted(model.Methods.Append(PriorTrRunner.Baseline)));
            var parameters = entry.Value.GetProperty("params");
            Compare.Text($"parameters of {entry.Name}", Sorted(parameters.EnumerateObject().Select(parameter => parameter.Name)), Sorted(model.Parameters.Select(parameter => parameter.Name)));
            foreach (var parameter in parameters.EnumerateObject())
            {
                var known = model.Parameters.Single(own => own.Name == parameter.Name);
                Compare.Text($"methods of {parameter.Name}", Sorted(Texts(parameter.Value.GetProperty("methods"))), Sorted(known.Methods));
                Compare.Text($"choices of {parameter.Name}", Sorted(Texts(parameter.Value.GetProperty("choices"))), Sorted(known.Choices));
            }

            Keys(entry.Value, model);
        }
    }

    /// <summary>Every flag arrives under the key of the model's wrapper.</summary>
    private static void Keys(JsonElement entry, PriorTrRunner model)
    {
        string method = model.Methods[0];
        var arguments = model.Arguments(method, "5", null, "2", new Dictionary<string, string>());
        var keys = entry.GetProperty("keys");
        if (keys.ValueKind != JsonValueKind.Null)
        {
            string[] wanted = [$"{keys.GetProperty("strategy").GetString()}={method}", $"{keys.GetProperty("keep_tokens").GetString()}=5", $"{keys.GetProperty("prune_layer").GetString()}=2"];
            Compare.Text("arguments", string.Join(" ", wanted), string.Join(" ", arguments));
        }

        var off = Texts(entry.GetProperty("baseline_args")).Where(argument => !argument.StartsWith('('));
        Compare.Text("baseline", string.Join(" ", off), string.Join(" ", model.Arguments(PriorTrRunner.Baseline, null, null, null, new Dictionary<string, string>())));
    }

    private static IEnumerable<string> Texts(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(text => text.GetString() ?? "") : [];

    private static string Sorted(IEnumerable<string> names) => string.Join(" ", names.Order(StringComparer.Ordinal));
}
