package io.edgellm.inference.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The sources of a model's chat templates by name, where Hugging Face puts them.
 *
 * <p>Files of their own win: chat_template.jinja is the one named {@code default}, and each file of
 * additional_chat_templates has the name of its template. Without such files it is {@code
 * chat_template} in tokenizer_config.json, one template or a list of named ones, and without that
 * chat_template.json, which processors of images have.
 *
 * @param byName the sources; {@code default} is what a conversation gets that asks for nothing else
 */
public record TemplateSources(Map<String, String> byName) {
  /** The name of the template that a model has for everything, or for all that is left. */
  public static final String DEFAULT = "default";

  /** The name of the template for conversations with tools. */
  public static final String TOOL_USE = "tool_use";

  /** The name of the template for conversations with documents. */
  public static final String RAG = "rag";

  private static final int MAX_TEMPLATE_BYTES = 4 << 20;
  private static final int MAX_CONFIGURATION_BYTES = 64 << 20;
  private static final int MAX_TEMPLATES = 32;

  /** Copies the map. */
  public TemplateSources {
    byName = Map.copyOf(byName);
  }

  /**
   * Reads the sources of a model's templates.
   *
   * @throws InferenceException MODEL_INVALID if a file is damaged, too large (4 MiB for a template)
   *     or not UTF-8, or if there are more than 32 templates
   */
  public static TemplateSources read(Path modelDirectory) {
    Map<String, String> files = files(modelDirectory);
    if (!files.isEmpty()) {
      return new TemplateSources(files);
    }
    Map<String, String> configured = configured(modelDirectory.resolve("tokenizer_config.json"));
    return new TemplateSources(
        configured.isEmpty()
            ? configured(modelDirectory.resolve("chat_template.json"))
            : configured);
  }

  /** Returns the source of this name. */
  public Optional<String> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private static Map<String, String> files(Path modelDirectory) {
    Map<String, String> sources = new TreeMap<>();
    Path only = modelDirectory.resolve("chat_template.jinja");
    if (Files.isRegularFile(only)) {
      sources.put(DEFAULT, text(only));
    }
    for (Path file : additional(modelDirectory.resolve("additional_chat_templates"))) {
      String name = file.getFileName().toString();
      sources.put(name.substring(0, name.length() - ".jinja".length()), text(file));
    }
    return sources;
  }

  private static List<Path> additional(Path directory) {
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return files;
    }
    try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory, "*.jinja")) {
      for (Path file : listed) {
        if (files.size() == MAX_TEMPLATES) {
          throw tooMany(new ModelFile(directory, MAX_TEMPLATE_BYTES));
        }
        files.add(file);
      }
    } catch (IOException e) {
      throw new ModelFile(directory, MAX_TEMPLATE_BYTES).unreadable(e);
    }
    return files;
  }

  private static String text(Path path) {
    ModelFile file = new ModelFile(path, MAX_TEMPLATE_BYTES);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file.read())).toString();
    } catch (CharacterCodingException e) {
      throw file.invalid("is not UTF-8", e);
    }
  }

  private static Map<String, String> configured(Path path) {
    if (!Files.isRegularFile(path)) {
      return Map.of();
    }
    ModelFile file = new ModelFile(path, MAX_CONFIGURATION_BYTES);
    JsonNode configured;
    try {
      configured = new ObjectMapper().readTree(file.read()).path("chat_template");
    } catch (IOException e) {
      throw file.invalid("is not JSON: " + e.getMessage(), e);
    }
    Map<String, String> sources = new TreeMap<>();
    if (configured.isTextual()) {
      sources.put(DEFAULT, configured.textValue());
    } else if (configured.isArray()) {
      configured.forEach(named -> addNamed(sources, named, file));
    } else if (!configured.isMissingNode() && !configured.isNull()) {
      throw file.invalid("has a 'chat_template' that is neither a text nor a list", null);
    }
    if (sources.size() > MAX_TEMPLATES) {
      throw tooMany(file);
    }
    return sources;
  }

  private static void addNamed(Map<String, String> sources, JsonNode named, ModelFile file) {
    JsonNode name = named.path("name");
    JsonNode template = named.path("template");
    if (!name.isTextual() || !template.isTextual()) {
      throw file.invalid("lists a chat template without a 'name' or a 'template'", null);
    }
    sources.put(name.textValue(), template.textValue());
  }

  private static InferenceException tooMany(ModelFile file) {
    return file.invalid("has more than " + MAX_TEMPLATES + " chat templates", null);
  }
}
