using System.Text;
using Fovea.Cli;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var interruption = new Interruption();
Console.CancelKeyPress += (_, pressed) => pressed.Cancel = interruption.Interrupt();
return await FoveaCommand.RunAsync(args, new Terminal(Console.Out, Console.Error, Console.In)
{
    Interruption = interruption,
    IsInteractive = !Console.IsErrorRedirected && !Console.IsInputRedirected,
}).ConfigureAwait(false);
