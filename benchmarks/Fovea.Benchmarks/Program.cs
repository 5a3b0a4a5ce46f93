using Fovea.Benchmarks;

switch (args)
{
    case ["kernels", .. var rest]:
        KernelBenchmark.Run(rest);
        return 0;
    case ["versus", var folder, .. var rest]:
        VersusBenchmark.Run(folder, rest);
        return 0;
    case ["accuracy"]:
        AccuracyBenchmark.Run();
        return 0;
    case ["capture"]:
        CaptureBenchmark.Run();
        return 0;
    case ["formats", .. var rest]:
        FormatBenchmark.Run(Directory.GetCurrentDirectory(), rest is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 400);
        return 0;
    case ["methods", .. var rest]:
        await MethodsBenchmark.RunAsync(rest);
        return 0;
    case ["pact", .. var rest]:
        PactBenchmark.Run(rest);
        return 0;
    case ["families", .. var rest]:
        await FamiliesBenchmark.RunAsync(rest);
        return 0;
    case ["family", var name, var folder, var rounds]:
        FamiliesBenchmark.RunOne(name, folder, int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["peers", var modules, .. var rest]:
        PeerBenchmark.Run(Path.GetFullPath(modules), rest);
        return 0;
    case ["start", var name, .. var rest]:
        await WholeBenchmark.StartAsync(name, Fovea.Tensors.WeightFormat.Parse(rest is [var kept, ..] ? kept : "bf16"), rest is [_, var packedCache] ? packedCache : null);
        return 0;
    case ["whole", var name, .. var rest]:
        await WholeBenchmark.RunAsync(
            name, rest is [var tokens, ..] ? int.Parse(tokens, System.Globalization.CultureInfo.InvariantCulture) : 793, Fovea.Tensors.WeightFormat.Parse(rest is [_, var format] ? format : "bf16"));
        return 0;
    case ["text", var modules]:
        TextBenchmark.Run(Directory.GetCurrentDirectory(), Path.GetFullPath(modules));
        return 0;
    case ["pictures", .. var rest]:
        PictureBenchmark.Run(Directory.GetCurrentDirectory(), rest is [var python] ? python : "python3");
        return 0;
    case ["train", .. var rest]:
        TrainBenchmark.Run(Directory.GetCurrentDirectory(), rest);
        return 0;
    case ["train-steps", .. var rest]:
        TrainBenchmark.RunOne(rest);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project benchmarks/Fovea.Benchmarks -- COMMAND
            kernels [linear|attention|rows]   GFLOP/s and GB/s of the kernels
            kernels products [FORMAT|MODEL|ROWS ...]  matrix products in every weight format at shapes of real models, as a share of the machine's limits
            versus FOLDER [CALL ...]          products (ROWSxINPUTSxOUTPUTS:FORMAT) and attentions (TOKENSxHEADSxKEYHEADSxSIZE[:causal]) of this build
                                              and of the Fovea.Tensors.dll in FOLDER, in turns
            accuracy                          relative errors of weights and products in every format, beside formats of ggml
            capture                           what attention rows for scores add to a layer's attention at 729 and 2880 visual tokens
            formats [QUESTIONS]               what formats of weights and caches do to the answers of foveola (default: 400 questions)
            methods [MODEL] [--rounds N]      time to first token and tokens/s of every method at 100, 50, 25 and 10 % of the visual tokens;
                                              MODEL: a folder, or synthetic (0.5B shape, random weights; the default)
            pact [--small|--large] [--block] [--rounds N]  the whole PACT block against the prefill time that it saves, at 729 tokens of 896 and 2880 of 3584;
                                              --block: without the prefill
            families [NAME] [--rounds N] [--out FILE]
                                              encoder, time to first token at 100, 50, 25 and 10 % of the visual tokens and peak memory of every
                                              model family at its published shape with random weights; NAME: a part of a model's name
            whole MODEL [TOKENS [FORMAT]]     one encoder (clip-l336, siglip-so400m) or language model (qwen2-0.5b, qwen2-1.5b) of random weights
            start MODEL [FORMAT [FOLDER]]     loads it and makes the first token of a 16-token prompt; FOLDER keeps the packed weights for the next start
            peers FOLDER [encoder|prefill|decode|start] [--rounds N]
                                              these beside ONNX Runtime and llama.cpp; FOLDER holds node_modules with their packages
            text FOLDER                       tokenising, beside the Rust library; FOLDER holds node_modules with the package tokenizers
            pictures [PYTHON]                 decoding and resizing pictures, beside Pillow and djpeg; PYTHON has Pillow (default: python3)
            train [PYTHON] [--rounds N] [--steps N] [--samples N]
                                              training foveola, beside PyTorch; PYTHON has PyTorch (default: /usr/bin/python3)
            Run families, formats, whole, peers, text, pictures and train in the project's folder; benchmarks/peers/README.md says how to install the peers.
            """);
        return 2;
}
