using Fovea.Benchmarks;

switch (args)
{
    case ["kernels", .. var rest]:
        KernelBenchmark.Run(rest);
        return 0;
    case ["capture"]:
        CaptureBenchmark.Run();
        return 0;
    case ["methods", .. var rest]:
        await MethodsBenchmark.RunAsync(rest);
        return 0;
    case ["text", var modules]:
        TextBenchmark.Run(Directory.GetCurrentDirectory(), Path.GetFullPath(modules));
        return 0;
    case ["pictures", .. var rest]:
        PictureBenchmark.Run(Directory.GetCurrentDirectory(), rest is [var python] ? python : "python3");
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project benchmarks/Fovea.Benchmarks -- COMMAND
            kernels [linear|attention|rows]   GFLOP/s and GB/s of the kernels
            capture                           what attention rows for scores add to a layer's attention at 729 and 2880 visual tokens
            methods [MODEL] [--rounds N]      time to first token and tokens/s of every method at 100, 50, 25 and 10 % of the visual tokens;
                                              MODEL: a folder, or synthetic (0.5B shape, random weights; the default)
            text FOLDER                       tokenising, beside the Rust library; FOLDER holds node_modules with the package tokenizers
            pictures [PYTHON]                 decoding and resizing pictures, beside Pillow and djpeg; PYTHON has Pillow (default: python3)
            Run text and pictures in the project's folder; benchmarks/peers/README.md says how to install the peers.
            """);
        return 2;
}
