using Mono.Cecil;

namespace Fovea.Tests.Architecture;

/// <summary>What callers of the libraries can see, one line each, in ordinal order.</summary>
internal static class PublicSurface
{
    public static IEnumerable<string> Lines() => ProductAssemblies.Libraries.SelectMany(LinesOf);

    /// <summary>Public types of a library, nested ones included.</summary>
    public static IEnumerable<TypeDefinition> Types(ModuleDefinition module) => module.GetTypes().Where(IsVisible).OrderBy(type => type.FullName, StringComparer.Ordinal);

    /// <summary>Members that callers or heirs can see, without accessors and what records generate.</summary>
    public static IEnumerable<IMemberDefinition> Members(TypeDefinition type) =>
        type.Fields.Where(field => field.IsPublic || field.IsFamily).Where(field => !field.IsSpecialName).Cast<IMemberDefinition>()
            .Concat(type.Properties.Where(property => Shows(property.GetMethod) || Shows(property.SetMethod)))
            .Concat(type.Events.Where(happening => Shows(happening.AddMethod)))
            .Concat(type.Methods.Where(method => Shows(method) && !method.IsGetter && !method.IsSetter && !method.IsAddOn && !method.IsRemoveOn))
            .Where(member => !member.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute"));

    private static IEnumerable<string> LinesOf(string library)
    {
        using var assembly = ProductAssemblies.Read(library);
        foreach (var type in Types(assembly.MainModule))
        {
            yield return Describe(type);
            foreach (string member in Members(type).Select(Describe).Order(StringComparer.Ordinal))
            {
                yield return "  " + member;
            }
        }
    }

    private static bool IsVisible(TypeDefinition type) => type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType));

    private static bool Shows(MethodDefinition? method) => method is not null && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly);

    private static string Describe(TypeDefinition type)
    {
        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var parents = type.BaseType is { } parent && parent.FullName is not ("System.Object" or "System.ValueType" or "System.Enum" or "System.MulticastDelegate")
            ? new[] { Name(parent) }
            : [];
        string heritage = string.Join(", ", parents.Concat(type.Interfaces.Select(face => Name(face.InterfaceType)).Order(StringComparer.Ordinal)));
        return $"{kind} {Name(type)}{(heritage.Length > 0 ? " : " + heritage : "")}";
    }

    private static string Describe(IMemberDefinition member) => member switch
    {
        FieldDefinition field => field.HasConstant && field.DeclaringType.IsEnum ? $"{field.Name} = {field.Constant}" : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}",
        PropertyDefinition property => $"{(Accessor(property).IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name}{Parameters(property.Parameters, '[', ']')} {{{Accessors(property)} }}",
        EventDefinition happening => $"event {Name(happening.EventType)} {happening.Name}",
        MethodDefinition method => $"{(method.IsStatic ? "static " : method.IsAbstract ? "abstract " : "")}{Name(method.ReturnType)} {method.Name}{Generics(method.GenericParameters)}{Parameters(method.Parameters, '(', ')', always: true)}",
        _ => member.Name,
    };

    private static MethodDefinition Accessor(PropertyDefinition property) => property.GetMethod ?? property.SetMethod;

    private static string Accessors(PropertyDefinition property)
    {
        string get = Shows(property.GetMethod) ? " get;" : "";
        bool init = property.SetMethod?.ReturnType is RequiredModifierType;
        return get + (Shows(property.SetMethod) ? (init ? " init;" : " set;") : "");
    }

    private static string Parameters(IEnumerable<ParameterDefinition> parameters, char open, char close, bool always = false)
    {
        var all = parameters.Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = default" : "")}").ToList();
        return always || all.Count > 0 ? open + string.Join(", ", all) + close : "";
    }

    private static string Generics(IEnumerable<TypeReference> arguments)
    {
        var names = arguments.Select(Name).ToList();
        return names.Count > 0 ? $"<{string.Join(", ", names)}>" : "";
    }

    private static string Name(TypeReference type) => type switch
    {
        GenericParameter parameter => parameter.Name,
        ArrayType array => Name(array.ElementType) + "[]",
        ByReferenceType reference => "ref " + Name(reference.ElementType),
        PointerType pointer => Name(pointer.ElementType) + "*",
        IModifierType modified => Name(modified.ElementType),
        GenericInstanceType generic => Bare(generic.ElementType) + Generics(generic.GenericArguments),
        _ => Bare(type) + Generics(type.GenericParameters),
    };

    private static string Bare(TypeReference type)
    {
        string name = type.Name.Split('`')[0];
        string space = type.Namespace.StartsWith("Fovea", StringComparison.Ordinal) ? type.Namespace + "." : "";
        return type.DeclaringType is { } outer ? $"{Bare(outer)}.{name}" : space + name;
    }
}
