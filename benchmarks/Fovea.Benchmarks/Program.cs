using Fovea.Benchmarks;

switch (args)
{
    case ["kernels", .. var rest]:
        KernelBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project benchmarks/Fovea.Benchmarks -- COMMAND
            kernels [linear|attention|rows]   GFLOP/s and GB/s of the kernels
            """);
        return 2;
}
