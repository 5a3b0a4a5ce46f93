using Fovea.Golden;

if (args.Length is 0 or > 2 || args[0] is "-h" or "--help")
{
    Console.Error.WriteLine("""
        usage: eng/golden ROOT [FILTER]
        Runs every golden case below ROOT (a folder laid out like tests/golden) whose path contains FILTER.
        example: eng/golden tests/golden reduction/fastv
        """);
    return args is ["-h" or "--help"] ? 0 : 2;
}

if (!Directory.Exists(args[0]))
{
    Console.Error.WriteLine($"golden: there is no folder {args[0]}");
    return 2;
}

string filter = args.Length > 1 ? args[1] : "";
int passed = 0, failed = 0, skipped = 0;
foreach (var test in GoldenSuites.Under(Path.GetFullPath(args[0])).Where(test => test.Id.Contains(filter, StringComparison.Ordinal)))
{
    try
    {
        test.Run();
        passed++;
    }
    catch (NotBuiltException)
    {
        skipped++;
    }
    catch (GoldenMismatchException mismatch)
    {
        failed++;
        Console.WriteLine($"{test.Id}: {mismatch.Message}");
    }
#pragma warning disable CA1031 // Any other exception is a failure of the case, and the others still run.
    catch (Exception exception)
#pragma warning restore CA1031
    {
        failed++;
        Console.WriteLine($"{test.Id}: {exception.GetType().Name}: {exception.Message}");
    }
}

Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
return failed == 0 ? 0 : 1;
