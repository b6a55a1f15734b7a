package io.edgellm.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kind of model a release is: the technical half of a CNCF ModelPack configuration. Format and
 * quantization stand in the manifest itself.
 *
 * @param architecture for instance {@code llama}, or null
 * @param parameterCount the number of its parameters, or 0 if not known
 * @param precision what it computes in, such as {@code float32} or {@code float32,int8}, in the
 *     words of the specification, or null
 * @param capabilities what it can do
 */
public record ModelTraits(
    @Nullable String architecture,
    long parameterCount,
    @Nullable String precision,
    Capabilities capabilities) {
  private static final Pattern PRECISION =
      Pattern.compile("[a-z0-9_]{1,32}(,[a-z0-9_]{1,32}){0,7}");
  private static final String SCALES = "KMBTQ";

  /** Refuses a negative number of parameters, and what is no precision. */
  public ModelTraits {
    if (parameterCount < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A model has no negative number of parameters: count them.",
          "config.parameterCount");
    }
    if (precision != null && !PRECISION.matcher(precision).matches()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'" + precision + "' is no precision: write for instance float32, or float32,int8.",
          "config.precision");
    }
  }

  /** Says nothing. */
  public static ModelTraits unknown() {
    return new ModelTraits(null, 0, null, Capabilities.unknown());
  }

  /** Returns the traits with other capabilities. */
  public ModelTraits withCapabilities(Capabilities value) {
    return new ModelTraits(architecture, parameterCount, precision, value);
  }

  /**
   * Returns the number of parameters as the specification writes it: a count with at most one
   * decimal and a letter, such as {@code 6.7B}; empty if it is not known.
   */
  public Optional<String> paramSize() {
    if (parameterCount == 0) {
      return Optional.empty();
    }
    BigDecimal count = BigDecimal.valueOf(parameterCount);
    BigDecimal thousand = BigDecimal.valueOf(1000);
    int scale = -1;
    do {
      count = count.divide(thousand);
      scale++;
    } while (scale < SCALES.length() - 1
        && count.setScale(1, RoundingMode.HALF_EVEN).compareTo(thousand) >= 0);
    BigDecimal rounded = count.setScale(1, RoundingMode.HALF_EVEN);
    BigDecimal shown =
        rounded.signum() == 0 ? BigDecimal.valueOf(1, 1) : rounded.stripTrailingZeros();
    return Optional.of(shown.toPlainString() + SCALES.charAt(scale));
  }
}
