using System.CommandLine;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;

namespace Fovea.Cli.Options;

/// <summary>How a model is loaded: <c>--weights --keep-float --cache-type --kernels --threads</c>.</summary>
internal sealed class LoadingOptions
{
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "keep matrices as f32, bf16, f16, int8 or int4, integers with their group if need be (int4:64); default: as they are stored",
        HelpName = "FORMAT",
    };

    private readonly Option<string[]> _keepFloat = new("--keep-float")
    {
        Description = "leave modules as they are stored whose names match, such as *vision_tower*; may be repeated",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _cacheType = new("--cache-type")
    {
        Description = "keep cached keys and values as f32, bf16, f16 or int8; default: f32 where the language model's weights are, else bf16",
        HelpName = "TYPE",
    };

    private readonly Option<string?> _kernels = new("--kernels")
    {
        Description = $"compute with these kernels, slower ones included; default: what {KernelSet.Variable} names, or else the fastest that the processor has and that round nothing",
        HelpName = "SET",
    };

    private readonly Option<int?> _threads = new("--threads") { Description = "threads; default: one for each processor", HelpName = "N" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        _cacheType.AcceptOnlyFromAmong([.. Enum.GetNames<KvCacheType>().Select(name => name.ToLowerInvariant())]);
        command.Add(_weights);
        command.Add(_keepFloat);
        command.Add(_cacheType);
        _kernels.AcceptOnlyFromAmong([.. KernelSet.All.Select(set => set.Name)]);
        _threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError("--threads takes a number from 1.");
            }
        });
        command.Add(_kernels);
        command.Add(_threads);
    }

    /// <summary>How to load.</summary>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public LoadOptions Read(ParseResult parsed) => new()
    {
        Weights = Weights(parsed),
        Cache = parsed.GetValue(_cacheType) is { } type ? Enum.Parse<KvCacheType>(type, ignoreCase: true) : null,
        Kernels = parsed.GetValue(_kernels) is { } name ? KernelSet.ByName(name) : null,
        Threads = parsed.GetValue(_threads),
    };

    private WeightPolicy Weights(ParseResult parsed)
    {
        string[] kept = parsed.GetValue(_keepFloat) ?? [];
        return parsed.GetValue(_weights) is { } format ? new WeightPolicy { Format = WeightFormat.Parse(format), KeepFloat = kept }
            : kept.Length == 0 ? WeightPolicy.AsStored
            : throw new ArgumentException("--keep-float needs --weights: without it everything stays as it is stored.");
    }
}
