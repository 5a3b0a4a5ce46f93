namespace Fovea.Training.Optimization;

/// <summary>How a learning rate falls after its warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Half a cosine down to zero.</summary>
    Cosine,

    /// <summary>A straight line down to zero.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}
