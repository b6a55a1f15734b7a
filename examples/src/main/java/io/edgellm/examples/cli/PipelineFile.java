package io.edgellm.examples.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code edgellm pipeline} does, as a file that can be reviewed and versioned beside a model.
 *
 * <pre>
 * schema: edgellm.pipeline/v1
 * source: export
 * target: build/assistant-int4
 * model: assistant@${VERSION}
 * quantize: {bits: 4, block: 32}
 * check: {texts: heldout.txt, policy: drift.yaml}
 * release: {key: release.key}
 * publish: {to: repository, team-key: team.key, online-key: online.key}
 * </pre>
 *
 * <p>A step is a command of the same name, its fields are the long options of that command: a list
 * repeats an option, {@code true} is an option without a value, a map gives {@code name=value}. So
 * the help of a command is the reference of its step. A step that is left out is not done.
 *
 * <p>Where there is a check, the release is made of what it found: the check writes its report to
 * {@code report}, or beside the target, and the release takes it from there. So no way leads around
 * a check that failed, also not that of beginning with the release.
 *
 * @param steps what is done, in this order
 */
record PipelineFile(List<Step> steps) {
  private static final String SCHEMA = "edgellm.pipeline/v1";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /** Each command, and which fields of the file are its words before the options. */
  private static final Map<String, List<String>> COMMANDS = commands();

  /**
   * A command with its words.
   *
   * @param command its name
   * @param words what follows the name
   */
  record Step(String command, List<String> words) {}

  private static Map<String, List<String>> commands() {
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("quantize", List.of("source", "target"));
    commands.put("check", List.of("source", "target"));
    commands.put("release", List.of("target", "model"));
    commands.put("publish", List.of("target"));
    return commands;
  }

  static Set<String> commandNames() {
    return COMMANDS.keySet();
  }

  /**
   * Reads a file.
   *
   * @param values what <code>${NAME}</code> in it stands for
   */
  static PipelineFile read(Path file, Map<String, String> values) {
    JsonNode root = parse(file);
    Reader reader = new Reader(file, values);
    reader.requireFields(root);
    List<Step> steps = new ArrayList<>();
    Optional<String> report = reader.report(root);
    COMMANDS.forEach(
        (command, fields) -> {
          if (root.has(command)) {
            List<String> words = new ArrayList<>();
            fields.forEach(field -> words.add(reader.scalar(field, root.path(field))));
            reader.addOptions(command, root.get(command), words);
            report.ifPresent(written -> addReport(command, written, words));
            steps.add(new Step(command, words));
          }
        });
    if (steps.isEmpty()) {
      throw reader.refused("has none of the steps " + COMMANDS.keySet() + ": name one.");
    }
    return new PipelineFile(List.copyOf(steps));
  }

  private static void addReport(String command, String report, List<String> words) {
    String option = command.equals("check") ? "--report" : "--check";
    boolean concerned = command.equals("check") || command.equals("release");
    if (concerned && !words.contains(option)) {
      words.add(option);
      words.add(report);
    }
  }

  private static JsonNode parse(Path file) {
    try {
      ObjectMapper yaml =
          new ObjectMapper(new YAMLFactory()).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return yaml.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.USAGE, "PIPELINE", "'" + file + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /** Turns fields into words. */
  private record Reader(Path file, Map<String, String> values) {
    void requireFields(JsonNode root) {
      if (!root.isObject() || !SCHEMA.equals(root.path("schema").asText())) {
        throw refused("does not begin with 'schema: " + SCHEMA + "'.");
      }
      root.fieldNames()
          .forEachRemaining(
              field -> {
                boolean known =
                    field.equals("schema")
                        || COMMANDS.containsKey(field)
                        || COMMANDS.values().stream().anyMatch(names -> names.contains(field));
                if (!known) {
                  throw refused("has a field '" + field + "' that means nothing: correct it.");
                }
              });
    }

    /** Returns where the check writes what the release is made of, if there are both. */
    Optional<String> report(JsonNode root) {
      if (!root.has("check") || !root.has("release")) {
        return Optional.empty();
      }
      JsonNode written = root.at("/check/report");
      JsonNode taken = root.at("/release/check");
      String report =
          written.isMissingNode()
              ? scalar("target", root.path("target")).replaceAll("/+$", "") + ".check.json"
              : scalar("report", written);
      if (!taken.isMissingNode() && !scalar("check", taken).equals(report)) {
        throw refused(
            "makes the release of another report than the check writes: leave 'check' out of the"
                + " release.");
      }
      return Optional.of(report);
    }

    void addOptions(String command, JsonNode options, List<String> words) {
      if (options.isNull()) {
        return;
      }
      if (!options.isObject()) {
        throw refused("has no options, 'name: value', in '" + command + "'.");
      }
      options.properties().forEach(o -> addOption("--" + o.getKey(), o.getValue(), words));
    }

    private void addOption(String name, JsonNode value, List<String> words) {
      if (value.isArray()) {
        value.forEach(each -> addOption(name, each, words));
      } else if (value.isObject()) {
        value
            .properties()
            .forEach(
                fact -> {
                  words.add(name);
                  words.add(fact.getKey() + "=" + scalar(name, fact.getValue()));
                });
      } else if (!value.isBoolean()) {
        words.add(name);
        words.add(scalar(name, value));
      } else if (value.asBoolean()) {
        words.add(name);
      }
    }

    String scalar(String field, JsonNode value) {
      if (value.isMissingNode() || value.isNull() || value.isContainerNode()) {
        throw refused("needs one value for '" + field + "'.");
      }
      return VARIABLE
          .matcher(value.asText())
          .replaceAll(found -> Matcher.quoteReplacement(value(found.group(1))));
    }

    private String value(String variable) {
      String value = values.get(variable);
      if (value == null) {
        throw refused("speaks of ${" + variable + "}: say --set " + variable + "=…, too.");
      }
      return value;
    }

    CommandFault refused(String what) {
      return new CommandFault(ExitCode.USAGE, "PIPELINE", "'" + file + "' " + what);
    }
  }
}
