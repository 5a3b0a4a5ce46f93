namespace Fovea.Cli.Output;

/// <summary>A set of kernels.</summary>
/// <param name="Name">The name that FOVEA_KERNELS takes.</param>
/// <param name="IsAccelerated">Whether the processor has vectors of this kind.</param>
/// <param name="IsAssembled">Whether its assembled part could be made; none where there is none.</param>
/// <param name="IsChosen">Whether it is the one that computes.</param>
internal sealed record KernelSetOutput(string Name, bool IsAccelerated, bool? IsAssembled, bool IsChosen)
{
    /// <summary>One line.</summary>
    public string Text() => $"{(IsAccelerated ? "available" : "not on this processor")}{Assembly}{(IsChosen ? ", chosen" : "")}";

    private string Assembly => IsAssembled switch
    {
        true => ", products assembled",
        false => ", products not assembled because the system allows no new code",
        null => "",
    };
}
