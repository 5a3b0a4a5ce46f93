using Fovea.Benchmarks;

switch (args)
{
    case ["kernels", .. var rest]:
        KernelBenchmark.Run(rest);
        return 0;
    case ["methods", .. var rest]:
        await MethodsBenchmark.RunAsync(rest);
        return 0;
    case ["pact", .. var rest]:
        PactBenchmark.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project benchmarks/Fovea.Benchmarks -- COMMAND
            kernels [linear|attention|rows]   GFLOP/s and GB/s of the kernels
            methods [MODEL] [--rounds N]      time to first token and tokens/s of every method at 100, 50, 25 and 10 % of the visual tokens;
                                              MODEL: a folder, or synthetic (0.5B shape, random weights; the default)
            pact [--small|--large] [--block] [--rounds N]  the whole PACT block against the prefill time that it saves, at 729 tokens of 896 and 2880 of 3584;
                                              --block: without the prefill
            """);
        return 2;
}
