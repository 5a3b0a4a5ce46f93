namespace Fovea.Text.SubwordModels;

/// <summary>The options of a byte-pair model, as <c>tokenizer.json</c> names them.</summary>
/// <param name="UnknownId">Id for symbols outside the vocabulary; −1 drops them.</param>
/// <param name="SubwordPrefix">Put before every symbol of a word but the first.</param>
/// <param name="WordSuffix">Put after the last symbol of a word.</param>
/// <param name="FuseUnknown">Consecutive unknown symbols give one id.</param>
/// <param name="ByteFallback">Unknown symbols are written as <c>&lt;0xHH&gt;</c> tokens where all of them exist.</param>
/// <param name="IgnoreMerges">A word that is a token as a whole is that token.</param>
internal sealed record BytePairOptions(
    int UnknownId = -1,
    string SubwordPrefix = "",
    string WordSuffix = "",
    bool FuseUnknown = false,
    bool ByteFallback = false,
    bool IgnoreMerges = false);
