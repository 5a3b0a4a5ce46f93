using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Reduction;

/// <summary>Enumerations as lower-case words joined by underscores, in options.</summary>
public sealed class SnakeCaseEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
