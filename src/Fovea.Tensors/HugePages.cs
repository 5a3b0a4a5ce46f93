using System.Runtime.InteropServices;

namespace Fovea.Tensors;

/// <summary>
/// Asks Linux to back large memory with pages of 2 MiB: hundreds of times fewer page faults while weights are packed, and fewer address
/// look-ups while they are read.
/// </summary>
internal static unsafe partial class HugePages
{
    private const long Worthwhile = 4 << 20;
    private const int PageSize = 4096;
    private const int AdviseHugePage = 14;

    /// <summary>Asks for a range that has not been touched yet. Whether the system grants it changes nothing but speed.</summary>
    public static void Ask(void* start, long length)
    {
        if (length < Worthwhile || !OperatingSystem.IsLinux())
        {
            return;
        }

        nuint first = ((nuint)start + PageSize - 1) & ~(nuint)(PageSize - 1);
        try
        {
            _ = Advise((void*)first, (nuint)start + (nuint)length - first, AdviseHugePage);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library of another name: ordinary pages do as well.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
