namespace Fovea.Tensors.Autograd;

/// <summary>Two shapes read as one: extents are aligned at the end, and an extent of one, or none, is repeated.</summary>
internal sealed class Broadcast
{
    private readonly int[] _first;
    private readonly int[] _second;

    /// <exception cref="ArgumentException">Extents that differ and are not one.</exception>
    public Broadcast(Shape first, Shape second)
    {
        int rank = Math.Max(first.Rank, second.Rank);
        var extents = new int[rank];
        for (int axis = 1; axis <= rank; axis++)
        {
            int a = axis <= first.Rank ? first[-axis] : 1, b = axis <= second.Rank ? second[-axis] : 1;
            if (a != b && a != 1 && b != 1)
            {
                throw new ArgumentException($"The shapes {first} and {second} cannot be broadcast against each other.", nameof(second));
            }

            extents[rank - axis] = a == 1 ? b : a;
        }

        Result = new Shape(extents);
        _first = Strides(first, rank);
        _second = Strides(second, rank);
        FirstStep = rank == 0 ? 0 : _first[^1];
        SecondStep = rank == 0 ? 0 : _second[^1];
    }

    /// <summary>The common shape.</summary>
    public Shape Result { get; }

    /// <summary>From one number of the last axis to the next in the first operand: 1, or 0 where it is repeated.</summary>
    public int FirstStep { get; }

    /// <summary>As <see cref="FirstStep"/>, in the second operand.</summary>
    public int SecondStep { get; }

    /// <summary>Where the first operand keeps element <paramref name="index"/> of the result.</summary>
    public int First(int index) => Place(index, _first);

    /// <summary>Where the second operand keeps element <paramref name="index"/> of the result.</summary>
    public int Second(int index) => Place(index, _second);

    private int Place(int index, int[] strides)
    {
        int place = 0;
        for (int axis = Result.Rank - 1; axis >= 0; axis--)
        {
            place += index % Result[axis] * strides[axis];
            index /= Result[axis];
        }

        return place;
    }

    private static int[] Strides(Shape shape, int rank)
    {
        var strides = new int[rank];
        int stride = 1;
        for (int axis = 1; axis <= shape.Rank; axis++)
        {
            strides[rank - axis] = shape[-axis] == 1 ? 0 : stride;
            stride *= shape[-axis];
        }

        return strides;
    }
}
