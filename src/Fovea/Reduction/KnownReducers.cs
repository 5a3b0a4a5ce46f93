using Fovea.Reduction.Methods;
using Fovea.Text;

namespace Fovea.Reduction;

/// <summary>The catalogue of methods: one line each.</summary>
public static class KnownReducers
{
    private static readonly Lock Gate = new();
    private static IReadOnlyList<ReducerDescriptor> _registered = [];

    /// <summary>The methods of this library, in alphabetical order.</summary>
    public static IReadOnlyList<ReducerDescriptor> BuiltIn { get; } =
    [
        Clse.Descriptor,
        DivPrune.Descriptor,
        FasterVlm.Descriptor,
        FastV.Descriptor,
        Pact.Descriptor,
        Pool.Descriptor,
        PriorTr.Descriptor,
        PriorTrTwoForward.Descriptor,
        PyramidDrop.Descriptor,
        RandomSelection.Descriptor,
        SparseVlm.Descriptor,
        Uniform.Descriptor,
        VisPruner.Descriptor,
    ];

    /// <summary>All methods: those of this library, then registered ones in the order of their registration.</summary>
    public static IReadOnlyList<ReducerDescriptor> All => [.. BuiltIn, .. _registered];

    /// <summary>Adds a method to the catalogue, from where every command and every plan finds it by name.</summary>
    /// <exception cref="ArgumentException">There is a method of this name already.</exception>
    public static void Register(ReducerDescriptor method)
    {
        lock (Gate)
        {
            _registered = All.Any(known => known.Name == method.Name)
                ? throw new ArgumentException($"There is a method '{method.Name}' already; give yours another name.")
                : [.. _registered, method];
        }
    }

    /// <summary>The method of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message suggests the nearest and lists all.</exception>
    public static ReducerDescriptor Find(string name) => All.FirstOrDefault(method => method.Name == name)
        ?? throw new ArgumentException($"There is no method '{name}'; did you mean {NearestName.Of(name, All.Select(method => method.Name))}? Known are {string.Join(", ", All.Select(method => method.Name))}.");
}
