using Fovea.Tests.Cli;
using Fovea.Training.Scaling;

namespace Fovea.Tests.Training.Scaling;

[Trait("kind", "property")]
public sealed class ScalingLawTests : IDisposable
{
    private static readonly double[] Sizes = [0.5, 1.8, 4, 7];
    private static readonly double[] Tokens = [1, 4, 16, 36, 64, 144, 576];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0.6, 0.08, 0.02, 0.05)]
    [InlineData(0.9, 0.03, 0.04, 0)]
    [InlineData(0.3, 0.15, 0.03, 0.3)]
    public void ContinuousFit_OfExactPoints_FindsTheLaw(double a, double b, double c, double d)
    {
        var law = new ScalingLaw(a, b, c, d);
        var fit = ContinuousFit.Of(Points(law));
        Assert.InRange(fit.SquaredError(Points(law)), 0, 1e-12);
        Assert.Equal(b / c, fit.B / fit.C, 0.02);
    }

    [Fact]
    public void BestGridPoint_IsNoWorseThanAnyOther()
    {
        var points = Points(new ScalingLaw(0.52, 0.07, 0.021, 0.08));
        var fit = new GridFit { A = new(0.4, 0.6, 7), B = new(0, 0.2, 9), C = new(0, 0.05, 8), D = new(0, 0.3, 5) };
        var best = fit.Best(points, 1)[0];
        var all = from a in Enumerable.Range(0, 7)
                  from b in Enumerable.Range(0, 9)
                  from c in Enumerable.Range(0, 8)
                  from d in Enumerable.Range(0, 5)
                  select new ScalingLaw(fit.A[a], fit.B[b], fit.C[c], fit.D[d]).SquaredError(points);
        Assert.Equal(all.Min(), best.SquaredError, 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(300)]
    public void Plan_IsNoWorseThanAnyNumberOfTokens(double text)
    {
        var plan = new ComputePlan(new ScalingLaw(0.59, 0.071, 0.015, 0.01), text, 400);
        double best = plan.Continuous().Error;
        Assert.All(Enumerable.Range(1, 576), tokens => Assert.True(best <= plan.WithTokens(tokens).Error + 1e-12));
        Assert.Equal(400, plan.Continuous().GigaFlops(text), 1e-9);
    }

    [Fact]
    public void Bootstrap_HoldsTheFit_AndIsTheSameForASeed()
    {
        var random = new Random(3);
        ScalingPoint[] points = [.. Points(new ScalingLaw(0.59, 0.07, 0.02, 0)).Select(point => point with { Error = point.Error + (0.01 * (random.NextDouble() - 0.5)) })];
        var fit = ContinuousFit.Of(points);
        var interval = BootstrapInterval.Of(points, 100, seed: 5);
        Assert.InRange(fit.B, interval.Lower.B, interval.Upper.B);
        Assert.InRange(fit.B / fit.C, interval.Ratio.Lower, interval.Ratio.Upper);
        Assert.Equal(interval, BootstrapInterval.Of(points, 100, seed: 5));
    }

    [Fact]
    public void Bootstrap_OfFewPoints_DrawsAgainWhatDeterminesNothing()
    {
        var law = new ScalingLaw(0.59, 0.07, 0.02, 0);
        ScalingPoint[] points = [.. Points(law).Where(point => point.ParamsBillion > 3 && point.VisualTokens is 1 or 16)];
        var interval = BootstrapInterval.Of(points, 20);
        Assert.InRange(law.A, interval.Lower.A, interval.Upper.A + 1e-6);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("params_billion,visual_tokens\n1,2", "error or avg_downstream_error_fraction or score")]
    [InlineData("params_billion,visual_tokens,error\n", "no rows")]
    [InlineData("params_billion,visual_tokens,error\n1,x,0.5", "line 2: visual_tokens is 'x'")]
    [InlineData("params_billion,visual_tokens,error\n0,1,0.5", "above 0")]
    [InlineData("params_billion,visual_tokens,error\n1,1,55", "fraction")]
    [InlineData("params_billion,visual_tokens,error\n1,1,NaN", "fraction")]
    [InlineData("params_billion,visual_tokens,error\n1,1", "2 cells")]
    [InlineData("params_billion,visual_tokens,error\n\"1,1,0.5", "a quote is not closed")]
    [InlineData("params_billion,visual_tokens,error\n1,1,0.5\n2,1,0.4", "four parameters")]
    [InlineData("params_billion,visual_tokens,error\n1,1,0.5\n1,2,0.4\n1,3,0.4\n1,4,0.4", "two model sizes")]
    public void Fit_OfABrokenFile_SaysWhatIsWrong(string content, string reason)
    {
        File.WriteAllText(_file, content);
        var run = CommandLine.Run("scaling", "fit", _file);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfQuotedCellsAndGroups_KeepsThemApart()
    {
        File.WriteAllText(_file, "task,params_billion,visual_tokens,score,note\nocr,1,2,0.25,\"a, \"\"b\"\"\nc\"\nqa,1,4,0.5,\nocr,2,2,0.75,x\n");
        var groups = ScalingTable.Read(_file, "task");
        Assert.Equal(["ocr", "qa"], groups.Select(group => group.Group));
        Assert.Equal([new ScalingPoint(1, 2, 0.75), new ScalingPoint(2, 2, 0.25)], groups[0].Points);
    }

    [Fact]
    public void Commands_OnThePublishedPoints_FitPredictAndPlan()
    {
        string points = Repository.Path("docs/data/scaling-law-points.csv");
        var fit = CommandLine.Run("scaling", "fit", points, "--group", "dataset", "--bootstrap", "0");
        Assert.Equal(0, fit.Code);
        Assert.Contains("0.59077", fit.Out, StringComparison.Ordinal);
        Assert.Contains("end of c", fit.Error, StringComparison.Ordinal);
        var plan = CommandLine.Run("scaling", "plan", points, "--group", "dataset", "--flops", "500G", "--json");
        Assert.StartsWith("""[{"group":"visual_reasoning","kind":"best of all","params_billion":3.93""", plan.Out, StringComparison.Ordinal);
        Assert.Equal(2, CommandLine.Run("scaling", "plan", points, "--flops", "-1").Code);
        Assert.Equal(0, CommandLine.Run("scaling", "predict", points, "--sizes", "14").Code);
    }

    [Fact]
    public void Plots_AreWellFormed()
    {
        var law = new ScalingLaw(0.6, 0.07, 0.02, 0);
        Assert.NotNull(System.Xml.Linq.XDocument.Parse(ScalingPlot.Compute(Points(law), law, 0).ToSvg()).Root);
        Assert.NotNull(System.Xml.Linq.XDocument.Parse(ScalingPlot.Prediction(Points(law), law, [14]).ToSvg()).Root);
    }

    private static ScalingPoint[] Points(ScalingLaw law) => [.. Sizes.SelectMany(size => Tokens.Select(tokens => new ScalingPoint(size, tokens, law.Error(size, tokens))))];
}
