package io.edgellm.llm;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bounds a component of a record, both ends included: the value of a number, the length of a {@code
 * String} in code points, the number of elements of a list, set or array. It becomes {@code
 * minimum} and {@code maximum}, {@code minLength} and {@code maxLength}, {@code minItems} and
 * {@code maxItems} in the schema of {@link JsonSchema#of}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
  /** Returns the least that is allowed; none by default. */
  double min() default Double.NEGATIVE_INFINITY;

  /** Returns the most that is allowed; none by default. */
  double max() default Double.POSITIVE_INFINITY;
}
