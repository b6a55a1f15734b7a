package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one value is laid out: Python's format specification, {@code [[fill]align][sign][0][width]
 * [,][.precision][type]}.
 */
record FormatSpec(
    String fill,
    char align,
    char sign,
    int width,
    boolean grouped,
    @Nullable Integer precision,
    char type) {
  private static final int MAX_PRECISION = 100;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([-+ ])?(0)?([0-9]{0,9})(,)?(?:\\.([0-9]{1,9}))?([sdfFeEgGxXobrc%])?",
          Pattern.DOTALL);

  static FormatSpec parse(String spec) {
    Matcher matcher = SYNTAX.matcher(spec);
    if (!matcher.matches()) {
      throw new Fault("The format '" + spec + "' is not supported.");
    }
    boolean zero = matcher.group(4) != null;
    String fill = matcher.group(1) != null ? matcher.group(1) : zero ? "0" : " ";
    String precision = matcher.group(7);
    return new FormatSpec(
        fill,
        first(matcher.group(2), zero ? '=' : 0),
        first(matcher.group(3), '-'),
        matcher.group(5).isEmpty() ? 0 : Integer.parseInt(matcher.group(5)),
        matcher.group(6) != null,
        precision == null ? null : Math.min(Integer.parseInt(precision), MAX_PRECISION),
        first(matcher.group(8), 0));
  }

  private static char first(@Nullable String group, int otherwise) {
    return group == null ? (char) otherwise : group.charAt(0);
  }

  Text apply(Rendering rendering, Value value) {
    boolean number = Numbers.doubleOrNull(value) != null && type != 's' && type != 'r';
    if (number && !(value instanceof Value.Bool && type == 0)) {
      return padded(rendering, Text.template(number(value)), '>');
    }
    Text text =
        type == 'r'
            ? PythonText.repr(value, rendering.budget())
            : PythonText.str(value, rendering.budget());
    if (type != 0 && type != 's' && type != 'r') {
      throw new Fault("The format '" + type + "' needs a number, not a " + value.typeName() + ".");
    }
    int length = text.toString().codePointCount(0, text.length());
    Text cut =
        precision != null && precision < length ? Sequences.codePoints(text, 0, precision) : text;
    return padded(rendering, cut, '<');
  }

  private String number(Value value) {
    Long integer = Numbers.integerOrNull(value);
    boolean whole = integer != null && "dxXobc".indexOf(type == 0 ? 'd' : type) >= 0;
    if (whole && integer != null) {
      return signed(integer < 0, integer(Math.abs(integer)));
    }
    double number = Objects.requireNonNull(Numbers.doubleOrNull(value));
    return signed(number < 0, fraction(Math.abs(number)));
  }

  private String integer(long number) {
    return switch (type) {
      case 'x' -> Long.toHexString(number);
      case 'X' -> Long.toHexString(number).toUpperCase(Locale.ROOT);
      case 'o' -> Long.toOctalString(number);
      case 'b' -> Long.toBinaryString(number);
      case 'c' -> Character.toString((int) number);
      default -> grouped ? String.format(Locale.ROOT, "%,d", number) : Long.toString(number);
    };
  }

  private String fraction(double number) {
    int digits = precision == null ? 6 : precision;
    return switch (type) {
      case 'd', 'f', 'F' -> fixed(number, type == 'd' ? 0 : digits);
      case '%' -> fixed(number * 100, digits) + "%";
      case 'e', 'E' -> String.format(Locale.ROOT, "%." + digits + type, number);
      default ->
          precision == null
              ? Numbers.text(number)
              : Numbers.text(
                      new BigDecimal(number)
                          .round(new MathContext(Math.max(1, digits), RoundingMode.HALF_EVEN))
                          .doubleValue())
                  .replaceAll("\\.0$", "");
    };
  }

  private String fixed(double number, int digits) {
    BigDecimal rounded = new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN);
    return grouped
        ? String.format(Locale.ROOT, "%,." + digits + "f", rounded)
        : rounded.toPlainString();
  }

  private String signed(boolean negative, String digits) {
    return negative ? "-" + digits : sign == '-' ? digits : sign + digits;
  }

  private Text padded(Rendering rendering, Text text, char natural) {
    char side = align == 0 ? natural : align;
    Text filler = Text.template(fill);
    if (side == '=') {
      boolean signed = text.length() > 0 && "+- ".indexOf(text.toString().charAt(0)) >= 0;
      Text prefix = text.substring(0, signed ? 1 : 0);
      Text digits = text.substring(prefix.length(), text.length());
      return prefix.concat(
          Strings.pad(
              rendering.budget(),
              digits,
              (long) width - prefix.length(),
              filler,
              Strings.Side.RIGHT));
    }
    Strings.Side where =
        side == '>' ? Strings.Side.RIGHT : side == '<' ? Strings.Side.LEFT : Strings.Side.CENTER;
    return Strings.pad(rendering.budget(), text, width, filler, where);
  }
}
