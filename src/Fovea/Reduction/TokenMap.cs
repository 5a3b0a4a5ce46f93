using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Reduction;

/// <summary>
/// What a reduction decided: a sparse matrix whose rows sum to one. Each output token is a weighted mean of input tokens and takes the place and
/// position of its representative. Immutable.
/// </summary>
public sealed class TokenMap
{
    private readonly int[] _offsets;
    private readonly int[] _columns;
    private readonly float[] _weights;
    private readonly int[] _representatives;
    private readonly float[]? _sizes;

    private TokenMap(int inputs, int[] offsets, int[] columns, float[] weights, int[] representatives, float[]? sizes = null)
    {
        _sizes = sizes;
        Inputs = inputs;
        _offsets = offsets;
        _columns = columns;
        _weights = weights;
        _representatives = representatives;
    }

    /// <summary>Tokens that went in.</summary>
    public int Inputs { get; }

    /// <summary>Tokens that come out.</summary>
    public int Outputs => _representatives.Length;

    /// <summary>For each output token the input token whose place it takes; never falling.</summary>
    public ReadOnlySpan<int> Representatives => _representatives;

    /// <summary>Where each row's entries begin, and the end.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>Input token of each entry.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>Weight of each entry.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>Whether every output token is one input token, unchanged.</summary>
    public bool IsSelection => _columns.Length == Outputs && _columns.AsSpan().SequenceEqual(_representatives) && !_weights.AsSpan().ContainsAnyExcept(1f);

    /// <summary>Whether nothing happens.</summary>
    public bool IsIdentity => Inputs == Outputs && IsSelection;

    /// <summary>Whether an output token stands at the mean of its row's positions rather than at its representative's; entries without weight count too.</summary>
    public bool MeansPositions { get; private init; }

    /// <summary>Whether sizes were given rather than following from the rows.</summary>
    public bool HasSizes => _sizes is not null;

    /// <summary>Keeps everything.</summary>
    public static TokenMap Identity(int count)
    {
        var all = new int[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = i;
        }

        return Keep(count, all);
    }

    /// <summary>Keeps some tokens.</summary>
    /// <param name="inputs">Tokens that go in.</param>
    /// <param name="kept">Their indices, ascending and unique.</param>
    /// <exception cref="ArgumentException">Not ascending, or out of range.</exception>
    public static TokenMap Keep(int inputs, int[] kept)
    {
        var offsets = new int[kept.Length + 1];
        var weights = new float[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            if (kept[i] >= inputs || kept[i] < 0 || (i > 0 && kept[i] <= kept[i - 1]))
            {
                throw new ArgumentException($"Kept index {kept[i]} at place {i} is not ascending within {inputs} tokens.", nameof(kept));
            }

            offsets[i + 1] = i + 1;
            weights[i] = 1;
        }

        return new TokenMap(inputs, offsets, kept, weights, kept);
    }

    /// <summary>Any map.</summary>
    /// <param name="inputs">Tokens that go in.</param>
    /// <param name="offsets">Where each row's entries begin, and the end.</param>
    /// <param name="columns">Input token of each entry.</param>
    /// <param name="weights">Weight of each entry; each row's sum to one within 1e-4.</param>
    /// <param name="representatives">Input token whose place each output takes, never falling.</param>
    /// <exception cref="ArgumentException">The parts contradict each other; the message names the row.</exception>
    public static TokenMap Merge(int inputs, int[] offsets, int[] columns, float[] weights, int[] representatives)
    {
        if (offsets.Length != representatives.Length + 1 || columns.Length != weights.Length || offsets[0] != 0 || offsets[^1] != columns.Length)
        {
            throw new ArgumentException($"{offsets.Length} offsets, {columns.Length} columns, {weights.Length} weights and {representatives.Length} representatives make no map.");
        }

        for (int row = 0; row < representatives.Length; row++)
        {
            CheckRow(inputs, row, offsets, columns, weights, representatives);
        }

        return new TokenMap(inputs, offsets, columns, weights, representatives);
    }

    /// <summary>The same map with sizes that do not follow from its rows.</summary>
    /// <param name="sizes">How many original tokens each output stands for.</param>
    /// <exception cref="ArgumentException">Another number of sizes than outputs.</exception>
    public TokenMap WithSizes(float[] sizes) => sizes.Length == Outputs
        ? new TokenMap(Inputs, _offsets, _columns, _weights, _representatives, sizes) { MeansPositions = MeansPositions }
        : throw new ArgumentException($"{sizes.Length} sizes do not fit {Outputs} outputs.", nameof(sizes));

    /// <summary>The same map whose outputs stand at mean positions.</summary>
    public TokenMap WithMeanPositions() => new(Inputs, _offsets, _columns, _weights, _representatives, _sizes) { MeansPositions = true };

    /// <summary>What the map does to some of its inputs: rows represented by them, their other members left out, weights scaled to one again.</summary>
    /// <param name="inputs">The inputs that count, ascending; each is numbered by its place here.</param>
    public TokenMap Restrict(ReadOnlySpan<int> inputs)
    {
        var places = new int[Inputs];
        Array.Fill(places, -1);
        for (int i = 0; i < inputs.Length; i++)
        {
            places[inputs[i]] = i;
        }

        var builder = new TokenMapBuilder(inputs.Length);
        var sizes = new List<float>();
        for (int row = 0; row < Outputs; row++)
        {
            if (places[_representatives[row]] < 0)
            {
                continue;
            }

            float total = 0;
            for (int e = _offsets[row]; e < _offsets[row + 1]; e++)
            {
                total += places[_columns[e]] >= 0 ? _weights[e] : 0;
            }

            for (int e = _offsets[row]; e < _offsets[row + 1]; e++)
            {
                if (places[_columns[e]] >= 0)
                {
                    builder.Add(places[_columns[e]], _weights[e] / total);
                }
            }

            builder.EndRow(places[_representatives[row]]);
            sizes.Add(_sizes?[row] ?? 1);
        }

        var map = builder.Build();
        return _sizes is null ? map : map.WithSizes([.. sizes]);
    }

    /// <summary>Both maps, one after the other: the product of the matrices.</summary>
    /// <exception cref="ArgumentException">The next map expects another number of tokens.</exception>
    public TokenMap Then(TokenMap next)
    {
        if (next.Inputs != Outputs)
        {
            throw new ArgumentException($"A map of {next.Inputs} tokens cannot follow one that leaves {Outputs}.", nameof(next));
        }

        if ((IsIdentity && !HasSizes) || (next.IsIdentity && !next.HasSizes))
        {
            return IsIdentity && !HasSizes ? next : this;
        }

        var builder = new TokenMapBuilder(Inputs);
        for (int row = 0; row < next.Outputs; row++)
        {
            for (int e = next._offsets[row]; e < next._offsets[row + 1]; e++)
            {
                int middle = next._columns[e];
                for (int f = _offsets[middle]; f < _offsets[middle + 1]; f++)
                {
                    builder.Add(_columns[f], next._weights[e] * _weights[f]);
                }
            }

            builder.EndRow(_representatives[next._representatives[row]]);
        }

        var both = builder.Build();
        return next._sizes is not null ? both.WithSizes(next._sizes) : _sizes is not null ? both.WithSizes(next.Sizes(_sizes)) : both;
    }

    /// <summary>The same map over a longer list in which the inputs stand at <paramref name="places"/> and everything else stays.</summary>
    /// <param name="count">Length of the longer list.</param>
    /// <param name="places">Where each input stands, ascending.</param>
    public TokenMap Within(int count, ReadOnlySpan<int> places)
    {
        var builder = new TokenMapBuilder(count);
        var sizes = new List<float>();
        int input = 0, output = 0;
        for (int place = 0; place < count; place++)
        {
            if (input >= places.Length || places[input] != place)
            {
                builder.Keep(place);
                sizes.Add(1);
                continue;
            }

            for (; output < Outputs && _representatives[output] == input; output++)
            {
                for (int e = _offsets[output]; e < _offsets[output + 1]; e++)
                {
                    builder.Add(places[_columns[e]], _weights[e]);
                }

                builder.EndRow(place);
                sizes.Add(_sizes?[output] ?? 1);
            }

            input++;
        }

        var map = builder.Build();
        map = _sizes is null ? map : map.WithSizes([.. sizes]);
        return MeansPositions ? map.WithMeanPositions() : map;
    }

    /// <summary>Applies the map to rows: [inputs, width] → [outputs, width], rented. A kept row is copied exactly.</summary>
    public Tensor Apply(Compute compute, Tensor rows) => compute.Combine(rows, _offsets, _columns, _weights);

    /// <summary>
    /// How many original tokens each output stands for: the sizes of the inputs in its row, those without weight too, an input that appears in several rows
    /// shared between them equally; or the sizes that the map was given.
    /// </summary>
    public float[] Sizes(ReadOnlySpan<float> sizes)
    {
        if (_sizes is not null)
        {
            return [.. _sizes];
        }

        var uses = new int[Inputs];
        foreach (int column in _columns)
        {
            uses[column]++;
        }

        var result = new float[Outputs];
        for (int row = 0; row < result.Length; row++)
        {
            for (int e = _offsets[row]; e < _offsets[row + 1]; e++)
            {
                result[row] += sizes[_columns[e]] / uses[_columns[e]];
            }
        }

        return result;
    }

    /// <summary>The representatives, with −1 for an output that shares its own with the output in front of it: it has nothing of that token's past.</summary>
    public int[] OwnRepresentatives()
    {
        var own = new int[Outputs];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = i > 0 && _representatives[i] == _representatives[i - 1] ? -1 : _representatives[i];
        }

        return own;
    }

    /// <summary>The values at the representatives.</summary>
    public T[] AtRepresentatives<T>(ReadOnlySpan<T> values)
    {
        var result = new T[Outputs];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[_representatives[i]];
        }

        return result;
    }

    /// <summary>The positions of the outputs: those of the representatives, or, where the map says so, the mean of each row's, axis by axis, halves to even.</summary>
    /// <param name="positions">Positions of the inputs.</param>
    public TokenPosition[] PositionsOf(ReadOnlySpan<TokenPosition> positions)
    {
        if (!MeansPositions)
        {
            return AtRepresentatives(positions);
        }

        var means = new TokenPosition[Outputs];
        for (int row = 0; row < means.Length; row++)
        {
            var members = Columns[_offsets[row].._offsets[row + 1]];
            long temporal = 0, height = 0, width = 0;
            foreach (int member in members)
            {
                temporal += positions[member].Temporal;
                height += positions[member].Height;
                width += positions[member].Width;
            }

            means[row] = new TokenPosition(Mean(temporal, members.Length), Mean(height, members.Length), Mean(width, members.Length));
        }

        return means;
    }

    private static int Mean(long sum, int count) => (int)MathF.Round((float)sum / count, MidpointRounding.ToEven);

    private static void CheckRow(int inputs, int row, int[] offsets, int[] columns, float[] weights, int[] representatives)
    {
        if (offsets[row + 1] <= offsets[row])
        {
            throw new ArgumentException($"Row {row} of the map is empty.", nameof(offsets));
        }

        double sum = 0;
        for (int e = offsets[row]; e < offsets[row + 1]; e++)
        {
            if ((uint)columns[e] >= (uint)inputs)
            {
                throw new ArgumentException($"Row {row} of the map refers to token {columns[e]} of {inputs}.", nameof(columns));
            }

            sum += weights[e];
        }

        if (!(Math.Abs(sum - 1) <= 1e-4))
        {
            throw new ArgumentException($"The weights of row {row} sum to {sum}, not to one.", nameof(weights));
        }

        if ((uint)representatives[row] >= (uint)inputs || (row > 0 && representatives[row] < representatives[row - 1]))
        {
            throw new ArgumentException($"Representative {representatives[row]} of row {row} falls behind its predecessor or outside {inputs} tokens.", nameof(representatives));
        }
    }
}
