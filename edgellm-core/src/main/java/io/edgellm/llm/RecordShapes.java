package io.edgellm.llm;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the shapes of records and of what they are made of. For one record and one thread. */
final class RecordShapes {
  private static final Map<Class<?>, Class<?>> PRIMITIVES =
      Map.of(
          Boolean.class, boolean.class,
          Byte.class, byte.class,
          Short.class, short.class,
          Integer.class, int.class,
          Long.class, long.class,
          Float.class, float.class,
          Double.class, double.class);

  /** What a type without a place in JSON is best replaced by. */
  private static final Map<String, String> INSTEAD =
      Map.of(
          "java.util.List", "List with the type of its elements",
          "java.util.Set", "Set with the type of its elements",
          "java.util.Map", "Map with String and the type of its values",
          "char", "String with @Range(min = 1, max = 1)",
          "java.lang.Character", "String with @Range(min = 1, max = 1)",
          "java.time.LocalDateTime", "OffsetDateTime",
          "java.time.LocalTime", "OffsetTime",
          "java.time.ZonedDateTime", "OffsetDateTime",
          "java.util.Date", "Instant");

  private final Map<Class<?>, NamedShape> named = new HashMap<>();
  private final List<RecordShape> records = new ArrayList<>();

  /** Returns the shape of a record. */
  RecordShape root(Class<? extends Record> type) {
    requireConcrete(type, type.getTypeName());
    RecordShape shape = new RecordShape(type, null);
    named.put(type, shape);
    fill(shape);
    return shape;
  }

  /** Returns all records that were met, in whatever place. */
  List<RecordShape> records() {
    return List.copyOf(records);
  }

  private void fill(RecordShape shape) {
    records.add(shape);
    for (RecordComponent component : shape.type().getRecordComponents()) {
      shape.add(component(component));
    }
  }

  private RecordShape.Component component(RecordComponent component) {
    String place = component.getDeclaringRecord().getTypeName() + "." + component.getName();
    AnnotatedType type = component.getAnnotatedType();
    RecordShape.Presence presence = presence(component, type);
    AnnotatedType value =
        type.getType() instanceof ParameterizedType generic
                && generic.getRawType() == Optional.class
            ? ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0]
            : type;
    JsonShape shape = bounded(shape(value, place), component.getAnnotation(Range.class), place);
    Described described = component.getAnnotation(Described.class);
    return new RecordShape.Component(
        component.getName(), shape, described == null ? null : described.value(), presence);
  }

  private static RecordShape.Presence presence(RecordComponent component, AnnotatedType type) {
    Class<?> raw = component.getType();
    if (raw == Optional.class) {
      return new RecordShape.Presence(false, Optional.empty(), Optional::of);
    } else if (raw == OptionalInt.class) {
      return new RecordShape.Presence(false, OptionalInt.empty(), n -> OptionalInt.of((int) n));
    } else if (raw == OptionalLong.class) {
      return new RecordShape.Presence(false, OptionalLong.empty(), n -> OptionalLong.of((long) n));
    } else if (raw == OptionalDouble.class) {
      return new RecordShape.Presence(
          false, OptionalDouble.empty(), n -> OptionalDouble.of((double) n));
    }
    return !raw.isPrimitive() && (isNullable(type) || isNullable(component))
        ? RecordShape.Presence.NULLABLE
        : RecordShape.Presence.REQUIRED;
  }

  /** By its simple name, since a host may use another library's, and need not have JSpecify. */
  private static boolean isNullable(AnnotatedElement element) {
    return Stream.of(element.getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
  }

  private JsonShape shape(AnnotatedType annotated, String place) {
    Type type = annotated.getType();
    if (annotated instanceof AnnotatedArrayType array) {
      return array(array, place);
    } else if (type instanceof ParameterizedType generic) {
      return generic((AnnotatedParameterizedType) annotated, generic, place);
    } else if (!(type instanceof Class<?> plain)) {
      throw refused(place, type, "write the actual type");
    } else {
      return plain(plain, place);
    }
  }

  private JsonShape plain(Class<?> type, String place) {
    JsonShape scalar = ScalarShapes.of(numberOf(PRIMITIVES.getOrDefault(type, type)));
    if (scalar != null) {
      return scalar;
    } else if (type.isRecord() || (type.isInterface() && type.isSealed())) {
      return named(type, place);
    }
    throw refused(
        place,
        type,
        INSTEAD.getOrDefault(
            type.getName(), "a record, or one of the types that JsonSchema.of names"));
  }

  private static Class<?> numberOf(Class<?> type) {
    if (type == OptionalInt.class) {
      return int.class;
    } else if (type == OptionalLong.class) {
      return long.class;
    }
    return type == OptionalDouble.class ? double.class : type;
  }

  private JsonShape array(AnnotatedArrayType array, String place) {
    AnnotatedType element = array.getAnnotatedGenericComponentType();
    JsonShape shape = element(element, place);
    Class<?> elementClass = rawClass(element.getType(), place);
    return new CollectionShapes.Elements(shape, 0, null, values -> toArray(values, elementClass));
  }

  private static Object toArray(List<Object> values, Class<?> elementClass) {
    Object array = Array.newInstance(elementClass, values.size());
    for (int i = 0; i < values.size(); i++) {
      Array.set(array, i, values.get(i));
    }
    return array;
  }

  private static Class<?> rawClass(Type type, String place) {
    if (type instanceof Class<?> plain) {
      return plain;
    } else if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    }
    throw refused(place, type, "List");
  }

  private JsonShape generic(
      AnnotatedParameterizedType annotated, ParameterizedType generic, String place) {
    AnnotatedType[] arguments = annotated.getAnnotatedActualTypeArguments();
    if (generic.getRawType() == List.class) {
      return new CollectionShapes.Elements(element(arguments[0], place), 0, null, List::copyOf);
    } else if (generic.getRawType() == Set.class) {
      return new CollectionShapes.Elements(
          element(arguments[0], place), 0, null, RecordShapes::toSet);
    } else if (generic.getRawType() == Map.class && arguments[0].getType() == String.class) {
      return new CollectionShapes.ByName(element(arguments[1], place));
    } else if (generic.getRawType() == Map.class) {
      throw refused(place, generic, "String for its keys");
    }
    String instead =
        ((Class<?>) generic.getRawType()).isRecord() ? "a record without type parameters" : "List";
    throw refused(place, generic, instead);
  }

  private static Object toSet(List<Object> values) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }

  private JsonShape element(AnnotatedType element, String place) {
    String name = element.getType().getTypeName();
    if (isNullable(element) || name.startsWith("java.util.Optional")) {
      throw refused(place, element.getType(), "elements that are always there");
    }
    return shape(element, place);
  }

  private NamedShape named(Class<?> type, String place) {
    NamedShape known = named.get(type);
    if (known != null) {
      known.meetAgain();
      return known;
    }
    requireConcrete(type, place);
    if (type.isRecord()) {
      RecordShape shape = new RecordShape(type, null);
      named.put(type, shape);
      fill(shape);
      return shape;
    }
    VariantShape shape = new VariantShape(type);
    named.put(type, shape);
    addVariants(shape, type, place);
    return shape;
  }

  private void addVariants(VariantShape shape, Class<?> sealed, String place) {
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (!permitted.isRecord()) {
        throw refused(place, permitted, "a sealed interface that permits records only");
      }
      requireConcrete(permitted, place);
      requireTellable(shape, permitted);
      RecordShape variant = new RecordShape(permitted, permitted.getSimpleName());
      fill(variant);
      shape.add(permitted.getSimpleName(), variant);
    }
  }

  private static void requireTellable(VariantShape shape, Class<?> variant) {
    boolean takesTheName =
        Stream.of(variant.getRecordComponents())
            .anyMatch(component -> component.getName().equals(VariantShape.DISCRIMINATOR));
    if (takesTheName || shape.has(variant.getSimpleName())) {
      throw new IllegalArgumentException(
          "The records of "
              + shape.type().getTypeName()
              + " are told by a property \""
              + VariantShape.DISCRIMINATOR
              + "\" with their simple names; give "
              + variant.getTypeName()
              + (takesTheName ? " no component of that name." : " another name."));
    }
  }

  private static void requireConcrete(Class<?> type, String place) {
    if (type.getTypeParameters().length > 0) {
      throw refused(place, type, "a record without type parameters");
    }
  }

  private static JsonShape bounded(JsonShape shape, @Nullable Range range, String place) {
    if (range == null) {
      return shape;
    }
    try {
      return shape.within(range);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The @Range of " + place + " has no meaning there: " + e.getMessage() + ".", e);
    }
  }

  private static IllegalArgumentException refused(String place, Type type, String instead) {
    return new IllegalArgumentException(
        place
            + " is "
            + type.getTypeName()
            + ", which has no one form in JSON; use "
            + instead
            + " instead.");
  }
}
