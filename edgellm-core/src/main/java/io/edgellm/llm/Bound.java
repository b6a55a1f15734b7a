package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** An end of a {@link Range} as shapes and schemas need it. */
final class Bound {
  private Bound() {}

  /** Returns the end as a number; null if it is open. */
  static @Nullable BigDecimal decimal(double end) {
    return Double.isInfinite(end) ? null : BigDecimal.valueOf(end);
  }

  /** Returns the end as a whole number; null if it is open. */
  static @Nullable BigInteger whole(double end) {
    try {
      return Double.isInfinite(end) ? null : BigDecimal.valueOf(end).toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(end + " is not whole", e);
    }
  }

  /** Returns the end as a length; null if it is open. */
  static @Nullable Integer length(double end) {
    if (Double.isInfinite(end)) {
      return null;
    }
    if (end != (int) end || end < 0) {
      throw new IllegalArgumentException(end + " is no length");
    }
    return (int) end;
  }

  /** Returns the end as a schema has it, without an exponent where it is whole. */
  static JsonNode json(BigDecimal end) {
    return end.stripTrailingZeros().scale() <= 0
        ? BigIntegerNode.valueOf(end.toBigInteger())
        : DecimalNode.valueOf(end);
  }

  /** Refuses ends the wrong way round. */
  static <N extends Comparable<N>> void requireOrder(@Nullable N min, @Nullable N max) {
    if (min != null && max != null && min.compareTo(max) > 0) {
      throw new IllegalArgumentException(min + " is above " + max);
    }
  }

  /** Says in words what is allowed. */
  static String between(@Nullable Number min, @Nullable Number max) {
    if (min == null || max == null) {
      return min == null ? "at most " + max : "at least " + min;
    }
    return "from " + min + " to " + max;
  }
}
