package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;

/**
 * How one value is laid out: Python's format specification, {@code [[fill]align][sign][#][0][width]
 * [,][.precision][type]}.
 *
 * @param fill what makes the text as wide as asked
 * @param align one of {@code < > = ^}, or 0 for the natural one
 * @param sign what stands before a number that is not negative, or {@code -} for nothing
 * @param precision digits or characters, or -1
 * @param type how to write the value, or 0 for as it is
 * @param printf whether the {@code %} operator asks, which is more lenient
 */
record FormatSpec(
    Text fill,
    char align,
    char sign,
    boolean prefixed,
    long width,
    char grouping,
    int precision,
    char type,
    boolean printf) {
  private static final int MAX_PRECISION = 400;
  private static final String TYPES = "sdfFeEgGxXobc%n";

  /** A specification as the method {@code format} takes it. */
  static FormatSpec parse(Text spec) {
    String text = spec.toString();
    int at = 0;
    int fillEnd = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
    char align = 0;
    Text fill = Text.template(" ");
    if (isAlign(text, fillEnd) && fillEnd > 0) {
      fill = spec.substring(0, fillEnd);
      align = text.charAt(fillEnd);
      at = fillEnd + 1;
    } else if (isAlign(text, 0)) {
      align = text.charAt(at++);
    }
    char sign = at < text.length() && "-+ ".indexOf(text.charAt(at)) >= 0 ? text.charAt(at++) : '-';
    boolean prefixed = at < text.length() && text.charAt(at) == '#';
    at += prefixed ? 1 : 0;
    if (at < text.length() && text.charAt(at) == '0') {
      fill = align == 0 ? Text.template("0") : fill;
      align = align == 0 ? '=' : align;
      at++;
    }
    int widthEnd = digitsEnd(text, at);
    long width = size(text.substring(at, widthEnd));
    at = widthEnd;
    boolean grouped = at < text.length() && ",_".indexOf(text.charAt(at)) >= 0;
    char grouping = grouped ? text.charAt(at++) : 0;
    int precision = -1;
    if (at < text.length() && text.charAt(at) == '.') {
      int end = digitsEnd(text, ++at);
      precision = (int) size(text.substring(at, end));
      at = end == at ? text.length() + 1 : end;
    }
    char type = at < text.length() ? text.charAt(at++) : 0;
    if (at != text.length() || (type != 0 && TYPES.indexOf(type) < 0)) {
      throw new Fault("The format '" + text + "' is not supported.");
    }
    return new FormatSpec(fill, align, sign, prefixed, width, grouping, precision, type, false);
  }

  private static boolean isAlign(String text, int at) {
    return at < text.length() && "<>=^".indexOf(text.charAt(at)) >= 0;
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  /** A width or precision that is written in digits; one beyond all bounds stays beyond them. */
  static long size(String digits) {
    return digits.isEmpty() ? 0 : digits.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(digits);
  }

  /** A field of the {@code %} operator; its zeros come from where the field was written. */
  static FormatSpec printf(
      String flags, boolean left, long width, int precision, char type, Provenance provenance) {
    char canonical = type == 'i' || type == 'u' ? 'd' : type;
    if ("sradfFeEgGxXoc".indexOf(canonical) < 0) {
      throw new Fault("The format '%" + type + "' is not supported.");
    }
    boolean zero = flags.contains("0") && !left && "srac".indexOf(canonical) < 0;
    char sign = flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-';
    return new FormatSpec(
        Text.of(zero ? "0" : " ", provenance),
        zero ? '=' : left ? '<' : '>',
        "srac".indexOf(canonical) < 0 ? sign : '-',
        flags.contains("#"),
        width,
        (char) 0,
        precision,
        canonical,
        true);
  }

  Text apply(Rendering rendering, Value value) {
    Budget budget = rendering.budget();
    if (type == 'c') {
      return padded(budget, character(value), '<');
    }
    boolean text = type == 's' || type == 'r' || type == 'a' || !Numbers.isNumber(value);
    if (!text && !(value instanceof Value.Bool && type == 0 && !hasNumberOptions())) {
      return padded(budget, Text.template(number(value)), '>');
    }
    if (type != 0 && "sra".indexOf(type) < 0) {
      throw new Fault("The format '" + type + "' needs a number, not a " + value.typeName() + ".");
    }
    return padded(budget, cut(text(value, budget)), '<');
  }

  private boolean hasNumberOptions() {
    return sign != '-' || width > 0 || align != 0 || grouping != 0;
  }

  private Text text(Value value, Budget budget) {
    boolean isText = value instanceof Value.Str;
    if (!printf && !isText && (align != 0 || width > 0 || precision >= 0 || type != 0)) {
      throw new Fault("A " + value.typeName() + " takes no format.");
    }
    if (!printf && (align == '=' || sign != '-' || grouping != 0)) {
      throw new Fault("A str takes no sign and no grouping.");
    }
    return type == 'r' || type == 'a'
        ? PythonText.repr(value, budget)
        : PythonText.str(value, budget);
  }

  private Text cut(Text text) {
    int length = text.toString().codePointCount(0, text.length());
    return precision >= 0 && precision < length ? Sequences.codePoints(text, 0, precision) : text;
  }

  /** A character that a number names; whoever chose the number wrote it. */
  private Text character(Value value) {
    if (printf && value instanceof Value.Str str && Sequences.length(value) == 1) {
      return str.text();
    }
    long codePoint = Numbers.integer(value, "The format 'c'");
    if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
      throw new Fault("No character has the number " + codePoint + ".");
    }
    return Text.of(Character.toString((int) codePoint), Provenance.INPUT);
  }

  private String number(Value value) {
    BigInteger whole = Numbers.wholeOrNull(value);
    if (whole == null && printf && "dxXo".indexOf(type) >= 0) {
      whole = truncated(value);
    }
    if (whole != null && "dxXobn".indexOf(type == 0 ? 'd' : type) >= 0) {
      if (precision >= 0 && !printf) {
        throw new Fault("A whole number takes no precision.");
      }
      return signed(whole.signum() < 0, integer(whole.abs()));
    }
    if ("xXob".indexOf(type) >= 0 || (type == 'd' && !printf)) {
      throw new Fault("The format '" + type + "' needs a whole number.");
    }
    double number = Objects.requireNonNull(Numbers.doubleOrNull(value));
    boolean negative = number < 0 || (number == 0 && 1 / number < 0);
    return signed(negative, fraction(Math.abs(number)));
  }

  private BigInteger truncated(Value value) {
    double number = ((Value.Real) value).value();
    if (type != 'd' || Double.isNaN(number) || Double.isInfinite(number)) {
      throw new Fault("The format '%" + type + "' needs a whole number.");
    }
    return new BigDecimal(number).toBigInteger();
  }

  private String integer(BigInteger number) {
    String digits =
        switch (type) {
          case 'x' -> number.toString(16);
          case 'X' -> number.toString(16).toUpperCase(Locale.ROOT);
          case 'o' -> number.toString(8);
          case 'b' -> number.toString(2);
          default -> number.toString();
        };
    int zeros = Math.max(0, Math.min(precision, MAX_PRECISION) - digits.length());
    String prefix = prefixed && "xXob".indexOf(type) >= 0 && type != 0 ? "0" + type : "";
    return prefix + grouped("0".repeat(zeros) + digits);
  }

  private String grouped(String digits) {
    if (grouping == 0) {
      return digits;
    }
    int size = "xXob".indexOf(type) >= 0 && type != 0 ? 4 : 3;
    StringBuilder grouped = new StringBuilder(digits);
    for (int i = digits.length() - size; i > 0; i -= size) {
      grouped.insert(i, grouping);
    }
    return grouped.toString();
  }

  private String fraction(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      String name = Double.isNaN(number) ? "nan" : "inf";
      String shown =
          type == 'F' || type == 'E' || type == 'G' ? name.toUpperCase(Locale.ROOT) : name;
      return type == '%' ? shown + "%" : shown;
    }
    int digits = Math.min(precision < 0 ? 6 : precision, MAX_PRECISION);
    return switch (type) {
      case 'f', 'F' -> fixed(new BigDecimal(number), digits);
      case '%' -> fixed(new BigDecimal(number * 100), digits) + "%";
      case 'e' -> Exponents.scientific(number, digits);
      case 'E' -> Exponents.scientific(number, digits).toUpperCase(Locale.ROOT);
      case 'g', 'n' -> Exponents.general(number, digits);
      case 'G' -> Exponents.general(number, digits).toUpperCase(Locale.ROOT);
      default -> natural(number);
    };
  }

  /** Without a type: as repr writes it, or with a precision like 'g' but always with a point. */
  private String natural(double number) {
    if (precision < 0) {
      String text = Numbers.text(number);
      int point = text.indexOf('.');
      return grouping == 0 || point < 0
          ? text
          : grouped(text.substring(0, point)) + text.substring(point);
    }
    int digits = Math.max(1, Math.min(precision, MAX_PRECISION));
    BigDecimal rounded =
        new BigDecimal(number).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    String text = Exponents.general(number, digits);
    boolean whole = text.indexOf('.') < 0 && text.indexOf('e') < 0;
    if (whole && exponent >= digits - 1 && number != 0) {
      return Exponents.scientific(number, digits - 1).replaceFirst("\\.?0*e", "e");
    }
    return whole ? text + ".0" : text;
  }

  private String fixed(BigDecimal number, int digits) {
    String text = number.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    int point = text.indexOf('.');
    int end = point < 0 ? text.length() : point;
    return grouped(text.substring(0, end)) + text.substring(end);
  }

  private String signed(boolean negative, String digits) {
    return negative ? "-" + digits : sign == '-' ? digits : sign + digits;
  }

  private Text padded(Budget budget, Text text, char natural) {
    char side = align == 0 ? natural : align;
    if (side == '=') {
      int prefix = text.length() > 0 && "+- ".indexOf(text.toString().charAt(0)) >= 0 ? 1 : 0;
      Text digits = text.substring(prefix, text.length());
      return text.substring(0, prefix)
          .concat(budget, Strings.pad(budget, digits, width - prefix, fill, Strings.Side.RIGHT));
    }
    Strings.Side where =
        side == '>' ? Strings.Side.RIGHT : side == '<' ? Strings.Side.LEFT : Strings.Side.CENTER;
    return Strings.pad(budget, text, width, fill, where);
  }
}
