namespace Fovea.Tensors.Threading;

/// <summary>Work that can be cut into ranges whose results do not depend on where the cuts are.</summary>
public interface IRangeWork
{
    /// <summary>Does items <paramref name="start"/> to <paramref name="end"/> − 1 on thread <paramref name="worker"/> (0 = the caller).</summary>
    void Execute(int start, int end, int worker);
}
