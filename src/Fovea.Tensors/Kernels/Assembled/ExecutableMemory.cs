using System.Runtime.InteropServices;

namespace Fovea.Tensors.Kernels.Assembled;

/// <summary>Pages that hold machine code: written first, then executable, never both. They are given back with the process.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int PrivateAnonymous = 0x22;
    private const int PrivateAnonymousMac = 0x1002;
    private const uint CommitAndReserve = 0x3000;
    private const uint Release = 0x8000;
    private const uint PageReadWrite = 0x04;
    private const uint PageExecuteRead = 0x20;

    /// <summary>Copies code to pages of its own.</summary>
    /// <returns>Where it is, or null if the system does not allow it.</returns>
    public static byte* Of(ReadOnlySpan<byte> code)
    {
        try
        {
            return OperatingSystem.IsWindows() ? OnWindows(code) : OnUnix(code);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system library of another name.
            return null;
        }
    }

    private static byte* OnUnix(ReadOnlySpan<byte> code)
    {
        int flags = OperatingSystem.IsMacOS() ? PrivateAnonymousMac : PrivateAnonymous;
        byte* pages = (byte*)Map(null, (nuint)code.Length, Read | Write, flags, -1, 0);
        if ((nint)pages == -1)
        {
            return null;
        }

        code.CopyTo(new Span<byte>(pages, code.Length));
        if (Protect(pages, (nuint)code.Length, Read | Execute) == 0)
        {
            return pages;
        }

        _ = Unmap(pages, (nuint)code.Length);
        return null;
    }

    private static byte* OnWindows(ReadOnlySpan<byte> code)
    {
        byte* pages = (byte*)VirtualAlloc(null, (nuint)code.Length, CommitAndReserve, PageReadWrite);
        if (pages == null)
        {
            return null;
        }

        code.CopyTo(new Span<byte>(pages, code.Length));
        if (VirtualProtect(pages, (nuint)code.Length, PageExecuteRead, out _) != 0)
        {
            _ = FlushInstructionCache(-1, pages, (nuint)code.Length);
            return pages;
        }

        _ = VirtualFree(pages, 0, Release);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial void* VirtualAlloc(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualProtect(void* address, nuint length, uint protection, out uint old);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int VirtualFree(void* address, nuint length, uint type);

    [LibraryImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int FlushInstructionCache(nint process, void* address, nuint length);
}
