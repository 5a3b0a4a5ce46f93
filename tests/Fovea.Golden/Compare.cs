using System.Text.Json;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Golden;

/// <summary>Comparison with reference values: |x − y| ≤ atol + rtol·|y|, integers exactly.</summary>
public static class Compare
{
    /// <summary>Compares numbers under the tolerance of an <c>expected</c> entry.</summary>
    public static void Numbers(string name, Tensor expected, JsonElement tolerance, ReadOnlySpan<float> actual)
    {
        double atol = tolerance.TryGetProperty("atol", out var a) ? a.GetDouble() : 0;
        double rtol = tolerance.TryGetProperty("rtol", out var r) ? r.GetDouble() : 0;
        Numbers(name, expected.AsSpan<float>(), actual, atol, rtol);
    }

    /// <summary>Compares numbers under a tolerance.</summary>
    public static void Numbers(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double atol, double rtol)
    {
        Length(name, expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs((double)actual[i] - expected[i]) <= atol + (rtol * Math.Abs((double)expected[i]));
            if (!same)
            {
                throw new GoldenMismatchException($"{name}[{i}] is {actual[i]:R}, expected {expected[i]:R} (atol {atol}, rtol {rtol})");
            }
        }
    }

    /// <summary>Compares integers exactly.</summary>
    public static void Integers(string name, Tensor expected, ReadOnlySpan<int> actual)
    {
        Length(name, (int)expected.Shape.Count, actual.Length);
        for (int i = 0; i < actual.Length; i++)
        {
            long wanted = expected.ElementType switch
            {
                ElementType.I64 => expected.AsSpan<long>()[i],
                ElementType.I32 => expected.AsSpan<int>()[i],
                ElementType.U8 => expected.AsSpan<byte>()[i],
                _ => throw new GoldenMismatchException($"{name} is stored as {expected.ElementType}, not as integers"),
            };
            Exact($"{name}[{i}]", wanted, actual[i]);
        }
    }

    /// <summary>Compares two values exactly.</summary>
    public static void Exact<T>(string name, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new GoldenMismatchException($"{name} is {actual}, expected {expected}");
        }
    }

    /// <summary>Compares two texts exactly and shows where they part.</summary>
    public static void Text(string name, string expected, string actual)
    {
        if (expected != actual)
        {
            int at = expected.AsSpan().CommonPrefixLength(actual);
            throw new GoldenMismatchException($"{name} differs at character {at}: {Excerpt(actual, at)}, expected {Excerpt(expected, at)}");
        }
    }

    private static void Length(string name, int expected, int actual)
    {
        if (expected != actual)
        {
            throw new GoldenMismatchException($"{name} has {actual} values, expected {expected}");
        }
    }

    private static string Excerpt(string text, int at)
    {
        int start = Math.Max(0, at - 8);
        return JsonSerializer.Serialize(text.Substring(start, Math.Min(40, text.Length - start)));
    }
}
