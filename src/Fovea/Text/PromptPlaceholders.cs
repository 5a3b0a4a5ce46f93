namespace Fovea.Text;

/// <summary>Checks that a rendered prompt has a place for every image or video.</summary>
public static class PromptPlaceholders
{
    /// <summary>Number of places that a placeholder stands at.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="placeholder">The text that stands for one image or video; not empty.</param>
    public static int Count(string prompt, string placeholder) => prompt.AsSpan().Count(placeholder);

    /// <summary>Refuses a prompt whose places do not match what is shown.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="placeholder">The text that stands for one image or video; not empty.</param>
    /// <param name="given">How many are shown.</param>
    /// <param name="what">What they are, for the message: <c>images</c> or <c>videos</c>.</param>
    /// <exception cref="ChatTemplateException">The numbers differ (kind <see cref="ChatTemplateError.Request"/>); the message names both.</exception>
    public static void Check(string prompt, string placeholder, int given, string what)
    {
        int places = Count(prompt, placeholder);
        if (places != given)
        {
            throw new ChatTemplateException(ChatTemplateError.Request, $"the prompt has {places} places ({placeholder}) for {given} {what}");
        }
    }
}
