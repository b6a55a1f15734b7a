package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A record: an object with its components in order, and nothing else. */
final class RecordShape extends NamedShape {
  private final Constructor<?> constructor;
  private final @Nullable String tag;
  private final Map<String, Component> components = new LinkedHashMap<>();

  /**
   * One component.
   *
   * @param name its name, in Java and in JSON
   * @param shape of its value, where it has one
   * @param description words for the model, or null
   * @param presence whether it may be absent
   */
  record Component(String name, JsonShape shape, @Nullable String description, Presence presence) {}

  /**
   * Whether a component may be absent, and what it is then.
   *
   * @param required whether it may not
   * @param absent its value if it is
   * @param present makes its value of what was read
   */
  record Presence(boolean required, @Nullable Object absent, UnaryOperator<Object> present) {
    static final Presence REQUIRED = new Presence(true, null, UnaryOperator.identity());
    static final Presence NULLABLE = new Presence(false, null, UnaryOperator.identity());
  }

  /**
   * @param type the record
   * @param tag the value of its property {@value VariantShape#DISCRIMINATOR} among the records of a
   *     sealed interface; null elsewhere
   */
  RecordShape(Class<?> type, @Nullable String tag) {
    super(type);
    this.tag = tag;
    try {
      this.constructor = type.getDeclaredConstructor(componentTypes(type));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor.", e);
    }
  }

  private static Class<?>[] componentTypes(Class<?> type) {
    List<Class<?>> types = new ArrayList<>();
    for (var component : type.getRecordComponents()) {
      types.add(component.getType());
    }
    return types.toArray(Class<?>[]::new);
  }

  void add(Component component) {
    components.put(component.name(), component);
  }

  /**
   * Makes sure that records can be made.
   *
   * @throws IllegalArgumentException if the record's module does not let this one call the
   *     canonical constructor
   */
  void requireAccess() {
    if (constructor.trySetAccessible()) {
      return;
    }
    String opening = "opens " + type().getPackageName();
    Module reader = RecordShape.class.getModule();
    throw new IllegalArgumentException(
        "The record "
            + type().getTypeName()
            + " is closed to "
            + (reader.isNamed() ? reader.getName() : "code outside of its module")
            + ": write '"
            + (reader.isNamed() ? opening + " to " + reader.getName() : opening)
            + ";' into the module-info.java of "
            + type().getModule().getName()
            + ", or make the record public and export its package.");
  }

  @Override
  ObjectNode body(SchemaDefinitions definitions) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    Described described = type().getAnnotation(Described.class);
    if (described != null) {
      schema.put("description", described.value());
    }
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    if (tag != null) {
      properties.putObject(VariantShape.DISCRIMINATOR).put("const", tag);
      required.add(VariantShape.DISCRIMINATOR);
    }
    for (Component component : components.values()) {
      ObjectNode property = component.shape().schema(definitions);
      if (component.description() != null) {
        property.put("description", component.description());
      }
      properties.set(component.name(), property);
      if (component.presence().required()) {
        required.add(component.name());
      }
    }
    return schema.put("additionalProperties", false);
  }

  @Override
  public Object read(JsonNode value, String path) {
    if (!value.isObject()) {
      throw JsonShape.mismatch(path, "an object", value);
    }
    refuseUnknown(value, path);
    Object[] arguments = new Object[components.size()];
    int i = 0;
    for (Component component : components.values()) {
      arguments[i++] = argument(component, value, path);
    }
    return make(arguments, path);
  }

  private void refuseUnknown(JsonNode value, String path) {
    for (Iterator<String> names = value.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      boolean isTag = tag != null && name.equals(VariantShape.DISCRIMINATOR);
      if (!isTag && !components.containsKey(name)) {
        throw JsonShape.fault(at(path, name), "is no component of " + type().getSimpleName(), null);
      }
    }
  }

  /** Models write null for what is not there, also where the schema has them leave it out. */
  private static @Nullable Object argument(Component component, JsonNode value, String path) {
    JsonNode given = value.get(component.name());
    Presence presence = component.presence();
    String place = at(path, component.name());
    if (given == null || (given.isNull() && !presence.required())) {
      if (presence.required()) {
        throw JsonShape.fault(place, "is missing", null);
      }
      return presence.absent();
    }
    return presence.present().apply(component.shape().read(given, place));
  }

  private Object make(Object[] arguments, String path) {
    try {
      return Objects.requireNonNull(constructor.newInstance(arguments));
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw JsonShape.fault(
          path, "is refused by " + type().getSimpleName() + ": " + e.getCause(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Access to " + type() + " was not made sure of.", e);
    }
  }

  private static String at(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
