namespace Fovea.Text.Templates;

/// <summary>Arithmetic on bools (0 and 1), 64-bit integers and doubles, as in Python.</summary>
internal static class Numbers
{
    /// <summary>Whether a value counts as a number.</summary>
    public static bool IsNumber(object? value) => value is bool or long or double;

    /// <summary>A bool or integer as an integer.</summary>
    public static bool TryInteger(object? value, out long integer)
    {
        integer = value is long number ? number : value is true ? 1 : 0;
        return value is long or bool;
    }

    /// <summary>A number as a double.</summary>
    public static double ToDouble(object? value) => value is double number ? number : TryInteger(value, out long integer) ? integer : double.NaN;

    /// <summary>Compares two numbers; null if one is NaN.</summary>
    public static int? Compare(object? x, object? y)
    {
        if (TryInteger(x, out long a) && TryInteger(y, out long b))
        {
            return a.CompareTo(b);
        }

        double left = ToDouble(x), right = ToDouble(y);
        return double.IsNaN(left) || double.IsNaN(right) ? null : left.CompareTo(right);
    }

    /// <summary>The result of <c>+ - * / // % **</c> on two numbers.</summary>
    /// <exception cref="ChatTemplateException">Division by zero, a result that is not real, or an integer beyond 64 bits.</exception>
    public static object Apply(string symbol, object? x, object? y)
    {
        try
        {
            return symbol != "/" && TryInteger(x, out long a) && TryInteger(y, out long b) ? Integers(symbol, a, b) : Doubles(symbol, ToDouble(x), ToDouble(y));
        }
        catch (OverflowException)
        {
            throw TemplateFailure.Limit($"a result of {symbol} does not fit into 64 bits");
        }
    }

    private static object Integers(string symbol, long a, long b) => symbol switch
    {
        "+" => (object)checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "//" => FloorDivide(a, b),
        "%" => FloorModulo(a, b),
        _ => b >= 0 ? (object)Power(a, b) : Doubles("**", a, b),
    };

    private static double Doubles(string symbol, double a, double b)
    {
        switch (symbol)
        {
            case "+":
                return a + b;
            case "-":
                return a - b;
            case "*":
                return a * b;
            case "/":
                RefuseZero(b);
                return a / b;
            case "//":
                RefuseZero(b);
                return Math.Floor((a - Modulo(a, b)) / b);
            case "%":
                RefuseZero(b);
                return Modulo(a, b);
            default:
                return PowerOf(a, b);
        }
    }

    private static double PowerOf(double a, double b)
    {
        if (a == 0 && b < 0)
        {
            throw TemplateFailure.Runtime("zero has no negative power");
        }

        double result = Math.Pow(a, b);
        return (double.IsNaN(result) && !double.IsNaN(a) && !double.IsNaN(b)) || (double.IsInfinity(result) && double.IsFinite(a) && double.IsFinite(b))
            ? throw TemplateFailure.Runtime("a power is not a real number in range")
            : result;
    }

    private static long FloorDivide(long a, long b)
    {
        RefuseZero(b);
        long quotient = checked(a / b);
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    private static long FloorModulo(long a, long b)
    {
        RefuseZero(b);
        long rest = b == -1 ? 0 : a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }

    private static double Modulo(double a, double b)
    {
        double rest = a % b;
        return rest != 0 ? ((rest < 0) != (b < 0) ? rest + b : rest) : Math.CopySign(0, b);
    }

    private static long Power(long a, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) == 1)
            {
                result = checked(result * a);
            }

            // The last square is not needed and might be too large.
            a = exponent > 1 ? checked(a * a) : a;
        }

        return result;
    }

    private static void RefuseZero(double divisor)
    {
        if (divisor == 0)
        {
            throw TemplateFailure.Runtime("division by zero");
        }
    }
}
