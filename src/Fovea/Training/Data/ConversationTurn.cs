namespace Fovea.Training.Data;

/// <summary>One turn of a conversation in LLaVA's format.</summary>
/// <param name="From">"human" or "gpt".</param>
/// <param name="Value">What is said, with <c>&lt;image&gt;</c> where a picture is shown.</param>
public sealed record ConversationTurn(string From, string Value);
