namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>Makes and tries the assembled f32 products.</summary>
internal static unsafe class FloatAssembly
{
    private const int MostSteps = 64;
    private const int Stride = Panels.Columns + 48;

    /// <summary>Assembles them and tries each one; none if the system does not allow code to be made, or if one computes something else than plain loops do.</summary>
    /// <param name="formats">How many formats of <see cref="TileFormat"/>, in their order.</param>
    public static FloatRoutines Create(int formats)
    {
        using var code = new RoutineCode();
        for (int format = 0; format < formats; format++)
        {
            var operands = (TileFormat)format;
            for (int rows = 1; rows <= Panels.Rows; rows++)
            {
                int count = rows;
                code.Add(assembler => FloatRoutine.Assemble(assembler, count, operands, Routine.IsWindows));
            }
        }

        nint* starts = code.Publish();
        var routines = new FloatRoutines(starts, starts == null ? 0 : formats);
        return Passes(routines, formats) ? routines : default;
    }

    /// <summary>Whether tiles of every number of rows and several numbers of steps, put or added, come out as plain loops make them, to the last bit.</summary>
    private static bool Passes(FloatRoutines routines, int formats)
    {
        bool same = true;
        for (int rows = 1; rows <= Panels.Rows; rows++)
        {
            foreach (int steps in (ReadOnlySpan<int>)[0, 1, 4, 7, MostSteps - 1])
            {
                for (int format = 0; format < formats; format++)
                {
                    same &= Passes(routines, rows, steps, (TileFormat)format, add: false) && Passes(routines, rows, steps, (TileFormat)format, add: true);
                }
            }
        }

        return same;
    }

    private static bool Passes(FloatRoutines routines, int rows, int steps, TileFormat format, bool add)
    {
        float* a = stackalloc float[MostSteps * Panels.Rows], b = stackalloc float[MostSteps * Stride], pairs = stackalloc float[MostSteps / 2 * Stride];
        float* rowsOfA = stackalloc float[Panels.Rows * AttentionScratch.ScoreStride];
        float* expected = stackalloc float[Panels.Rows * Stride], actual = stackalloc float[Panels.Rows * Stride];
        for (int i = 0; i < steps * Panels.Rows; i++)
        {
            a[i] = format == TileFormat.PairDots ? Pair(i) : ((i * 37 % 101) - 50) / 7f;
            rowsOfA[(i % Panels.Rows * AttentionScratch.ScoreStride) + (i / Panels.Rows)] = a[i];
        }

        for (int i = 0; i < steps * Stride; i++)
        {
            b[i] = format == TileFormat.PairDots ? Pair(i) : ((i * 59 % 89) - 44) / 4f;
            ((ushort*)pairs)[(((i / Stride / 2 * Stride) + (i % Stride)) * 2) + (i / Stride % 2)] =
                format == TileFormat.WidenedHalves ? BitConverter.HalfToUInt16Bits((Half)b[i]) : (ushort)(BitConverter.SingleToUInt32Bits(b[i]) >> 16);
        }

        for (int i = 0; i < Panels.Rows * Stride; i++)
        {
            expected[i] = actual[i] = i * 0.1f;
        }

        var tile = new FloatTile { A = a, B = b, StrideOfB = Stride * sizeof(float), Steps = steps, C = expected, StrideOfC = Stride * sizeof(float), Adds = add ? 1 : 0, Rows = rows, Columns = Panels.Columns };
        tile.Format = format == TileFormat.PairDots ? format : TileFormat.Floats;
        tile.AskFor(default);
        MatrixTile.Run<Lanes1>(default, tile);
        tile.A = format == TileFormat.RowsOfA ? rowsOfA : a;
        tile.B = format is TileFormat.WidenedPairs or TileFormat.WidenedHalves ? pairs : b;
        tile.Format = format;
        tile.C = actual;
        tile.AskFor(new Ahead((byte*)b, MostSteps));
        routines.Run(tile);
        return new ReadOnlySpan<int>(expected, Panels.Rows * Stride).SequenceEqual(new ReadOnlySpan<int>(actual, Panels.Rows * Stride));
    }

    // Small integers: processors may round sums of products in another order, these sums are exact.
    private static float Pair(int i)
    {
        uint first = BitConverter.SingleToUInt32Bits((i * 37 % 101) - 50), second = BitConverter.SingleToUInt32Bits((i * 59 % 89) - 44);
        return BitConverter.UInt32BitsToSingle((first >> 16) | second);
    }
}
