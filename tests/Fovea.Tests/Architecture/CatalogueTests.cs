using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Tests.Architecture;

public sealed class CatalogueTests
{
    [Fact]
    public void KnownReducers_HaveOneEntryForEachMethod()
    {
        var made = KnownReducers.All.Select(entry => entry.Create(new JsonObject()).GetType().Name);
        Assert.Equal(Concrete<Reducer>().Select(type => type.Name).Order(StringComparer.Ordinal), made.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void KnownReducers_AreInAlphabeticalOrderUnderLowerCaseNames()
    {
        var names = KnownReducers.All.Select(entry => entry.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.All(names, name => Assert.Matches("^[a-z][a-z0-9_-]*$", name));
    }

    [Fact]
    public void KnownReducers_SayWhatTheyDoAndWhereTheyComeFrom() => Assert.All(KnownReducers.All, entry =>
    {
        Assert.NotEmpty(entry.Summary);
        Assert.NotEmpty(entry.Source);
        Assert.All(entry.Options, option => Assert.True(option.Meaning.Length > 0 && option.Type.Length > 0, $"{entry.Name}: {option.Name} has no meaning"));
    });

    [Fact]
    public void KnownModels_HaveAnEntryForEachFamily()
    {
        var built = KnownModels.All.Select(entry => entry.Load.Method.DeclaringType?.Name).Distinct();
        // A family is what loads itself; a variant is loaded by its family.
        var families = Concrete<MultimodalModel>().Where(type => type.GetMethod("Load", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.DeclaredOnly) is not null);
        Assert.Equal(families.Select(type => type.Name).Order(StringComparer.Ordinal), built.Order(StringComparer.Ordinal));
        Assert.All(KnownModels.All, entry => Assert.NotEmpty(entry.Name));
        Assert.Distinct(KnownModels.All.Select(entry => entry.ModelType));
    }

    private static IEnumerable<Type> Concrete<T>() => typeof(T).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(T)));
}
