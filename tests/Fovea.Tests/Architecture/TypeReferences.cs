using Mono.Cecil;

namespace Fovea.Tests.Architecture;

/// <summary>Every type that a type's definition and code mention. What the compiler makes of lambdas and iterators counts as the type that declares it.</summary>
internal static class TypeReferences
{
    /// <summary>The distinct (user, used) pairs of an assembly's outermost types.</summary>
    public static IEnumerable<(TypeDefinition User, TypeReference Used, string Where)> Of(ModuleDefinition module) =>
        from type in module.GetTypes()
        let user = Outermost(type)
        where !user.Name.StartsWith('<')
        from mention in Mentions(type)
        from used in Parts(mention.Type)
        select (user, used, $"{type.FullName} ({mention.Where})");

    /// <summary>The declaring type that is not nested.</summary>
    public static TypeDefinition Outermost(TypeDefinition type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }

    private static IEnumerable<(TypeReference? Type, string Where)> Mentions(TypeDefinition type)
    {
        IEnumerable<(TypeReference?, string)> head =
        [
            (type.BaseType, "base"),
            .. type.Interfaces.Select(face => (face.InterfaceType, "interface")),
            .. type.Fields.Select(field => (field.FieldType, field.Name)),
            .. Constraints(type.GenericParameters),
            .. Attributes(type.CustomAttributes),
        ];
        return head.Concat(type.Methods.SelectMany(Mentions));
    }

    private static IEnumerable<(TypeReference? Type, string Where)> Mentions(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature =
        [
            method.ReturnType,
            .. method.Parameters.Select(parameter => parameter.ParameterType),
            .. Constraints(method.GenericParameters).Select(mention => mention.Type),
            .. Attributes(method.CustomAttributes).Select(mention => mention.Type),
        ];
        var body = method.HasBody
            ? method.Body.Variables.Select(local => local.VariableType).Concat(method.Body.Instructions.SelectMany(instruction => Operand(instruction.Operand)))
            : [];
        return signature.Concat(body).Select(used => (used, method.Name));
    }

    private static IEnumerable<(TypeReference? Type, string Where)> Constraints(IEnumerable<GenericParameter> parameters) =>
        parameters.SelectMany(parameter => parameter.Constraints).Select(constraint => ((TypeReference?)constraint.ConstraintType, "constraint"));

    private static IEnumerable<(TypeReference? Type, string Where)> Attributes(IEnumerable<CustomAttribute> attributes) =>
        attributes.Select(attribute => ((TypeReference?)attribute.AttributeType, "attribute"));

    private static IEnumerable<TypeReference?> Operand(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
