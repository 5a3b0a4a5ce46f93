using System.Runtime.InteropServices;
using Iced.Intel;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>Machine code of several routines in one region.</summary>
internal sealed class RoutineCode : IDisposable
{
    private const int Alignment = 64;
    private const byte Breakpoint = 0xCC;

    private readonly MemoryStream _code = new();
    private readonly List<int> _starts = [];

    /// <summary>Appends a routine.</summary>
    public void Add(Action<Assembler> routine)
    {
        while (_code.Length % Alignment != 0)
        {
            _code.WriteByte(Breakpoint);
        }

        _starts.Add((int)_code.Length);
        var assembler = new Assembler(64);
        routine(assembler);
        assembler.Assemble(new StreamCodeWriter(_code), 0);
    }

    /// <summary>Copies the code to executable memory, which lives as long as the process.</summary>
    /// <returns>Where each routine is, in the order in which they were added, in native memory; null if the system allows no new code.</returns>
    public unsafe nint* Publish()
    {
        byte* memory = ExecutableMemory.Of(_code.ToArray());
        if (memory == null)
        {
            return null;
        }

        var routines = (nint*)NativeMemory.Alloc((nuint)_starts.Count, (nuint)sizeof(nint));
        for (int i = 0; i < _starts.Count; i++)
        {
            routines[i] = (nint)(memory + _starts[i]);
        }

        return routines;
    }

    /// <inheritdoc/>
    public void Dispose() => _code.Dispose();
}
