package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.llm.Constraint.Whitespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code answer_format.json} in a model directory: how the model writes calls, where neither its
 * template nor its vocabulary tells.
 *
 * <pre>{@code
 * {"toolCalls": {"family": "json", "name": "tool", "arguments": "args", "whitespace": "none"}}
 * {"toolCalls": {"family": "hermes"}}
 * }</pre>
 *
 * <p>The family {@code json} is one JSON object as the whole answer. The file says which of the
 * known readers reads the answer and how two fields are called; nothing of it is run.
 */
final class DeclaredFormat {
  static final String FILE = "answer_format.json";
  private static final String BARE_JSON = "json";
  private static final int MAX_BYTES = 64 << 10;

  private DeclaredFormat() {}

  /**
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the file is damaged or names what is
   *     not known
   */
  static Optional<CallForm> read(Path modelDirectory) {
    Path path = modelDirectory.resolve(FILE);
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    ModelFile file = new ModelFile(path, MAX_BYTES);
    try {
      JsonNode root = StrictJson.parse(file.read());
      JsonFields fields = JsonFields.of(root);
      CallForm form = form(fields.object("toolCalls"), file);
      fields.end();
      return Optional.of(form);
    } catch (JsonFault e) {
      throw file.invalid("is wrong at " + e.path() + ": " + e.getMessage(), e);
    }
  }

  private static CallForm form(JsonFields calls, ModelFile file) throws JsonFault {
    String family = calls.text("family");
    CallForm form =
        family.equals(BARE_JSON)
            ? BareJson.form(
                field(calls, "name", file), arguments(calls, file), whitespace(calls, file))
            : Families.named(family)
                .orElseThrow(
                    () ->
                        file.invalid(
                            "names the family '"
                                + family
                                + "'; known are "
                                + BARE_JSON
                                + ", "
                                + String.join(", ", Families.names()),
                            null));
    calls.end();
    return form;
  }

  private static String field(JsonFields calls, String role, ModelFile file) throws JsonFault {
    String name = calls.text(role);
    if (!name.matches("[A-Za-z0-9_.-]{1,64}")) {
      throw file.invalid(
          "has a field for the " + role + " that is no plain name of at most 64 letters", null);
    }
    return name;
  }

  private static String arguments(JsonFields calls, ModelFile file) throws JsonFault {
    String arguments = field(calls, "arguments", file);
    if (arguments.equals(calls.text("name"))) {
      throw file.invalid("has one field for the name and the arguments", null);
    }
    return arguments;
  }

  private static Whitespace whitespace(JsonFields calls, ModelFile file) throws JsonFault {
    String name = calls.text("whitespace");
    for (Whitespace each : Whitespace.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw file.invalid("has the whitespace '" + name + "'; write none, spaced or flexible", null);
  }
}
