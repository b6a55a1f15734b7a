package io.edgellm.inference.answer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.ToolDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The text side of a model: one token per byte, and the control tokens of a family. */
final class FamilyModel implements AutoCloseable {
  static final ToolDefinition WEATHER =
      new ToolDefinition(
          "get_weather",
          "Weather of a city.",
          new JsonSchema(
              """
              {"type": "object",
               "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
               "required": ["city"], "additionalProperties": false}
              """));
  static final ToolDefinition LIGHT =
      new ToolDefinition(
          "light.set",
          "Switches a light.",
          new JsonSchema(
              """
              {"type": "object",
               "properties": {"on": {"type": "boolean"}},
               "required": ["on"], "additionalProperties": false}
              """));

  private final Tokenizer tokenizer;
  private final AnswerFormat format;
  private final List<String> controlTokens;

  private FamilyModel(Tokenizer tokenizer, AnswerFormat format, List<String> controlTokens) {
    this.tokenizer = tokenizer;
    this.format = format;
    this.controlTokens = controlTokens;
  }

  static FamilyModel of(Path directory, String template, List<String> controlTokens)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int i = 0; i < controlTokens.size(); i++) {
      boolean special = controlTokens.get(i).contains("|");
      added
          .addObject()
          .put("id", 256 + i)
          .put("content", controlTokens.get(i))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", special);
    }
    root.putNull("normalizer").putNull("post_processor");
    root.putObject("pre_tokenizer").setAll(byteLevel(mapper));
    root.putObject("decoder").setAll(byteLevel(mapper));
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    int next = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable = (value > 32 && value < 127) || (value > 160 && value != 173);
      vocabulary.put(String.valueOf((char) (printable ? value : next++)), value);
    }
    model.putArray("merges");
    mapper.writeValue(directory.resolve("tokenizer.json").toFile(), root);
    Tokenizer tokenizer = Tokenizer.load(directory);
    AnswerFormat format = AnswerFormat.of(directory, template, tokenizer.vocabulary());
    return new FamilyModel(tokenizer, format, controlTokens);
  }

  private static ObjectNode byteLevel(ObjectMapper mapper) {
    return mapper
        .createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
  }

  static void declare(Path directory, String json) throws IOException {
    Files.writeString(directory.resolve("answer_format.json"), json);
  }

  AnswerFormat format() {
    return format;
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  AnswerPlan plan(boolean startsInReasoning) {
    return format.plan(request().build(), startsInReasoning);
  }

  static GenerationRequest.Builder request() {
    return GenerationRequest.builder().user("?").tool(WEATHER).tool(LIGHT);
  }

  /** Cuts an answer into runs of text and control tokens. */
  List<String> symbols(String answer) {
    List<String> symbols = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int place = 0; place < answer.length(); place++) {
      int here = place;
      var control = controlTokens.stream().filter(tag -> answer.startsWith(tag, here)).findFirst();
      if (control.isPresent()) {
        if (!text.isEmpty()) {
          symbols.add(text.toString());
          text.setLength(0);
        }
        symbols.add(control.get());
        place += control.get().length() - 1;
      } else {
        text.append(answer.charAt(place));
      }
    }
    if (!text.isEmpty()) {
      symbols.add(text.toString());
    }
    return symbols;
  }

  boolean isText(String symbol) {
    return !controlTokens.contains(symbol);
  }

  /** Reads an answer whose text comes in these pieces. */
  String read(AnswerPlan plan, List<String> symbols) {
    AnswerReader reader = plan.reader();
    for (String symbol : symbols) {
      if (controlTokens.contains(symbol)) {
        if (plan.notation().tags().contains(symbol)) {
          reader.control(symbol);
        } else if (!symbol.contains("|")) {
          reader.text(symbol);
        }
      } else {
        reader.text(symbol);
      }
    }
    reader.finish();
    return Outcome.of(reader.parts().take());
  }

  /** Reads an answer token by token, as an engine does. */
  String readTokens(AnswerPlan plan, String answer) {
    AnswerParser parser = plan.parser(tokenizer);
    List<AnswerPart> parts = new ArrayList<>();
    for (int token : tokens(answer)) {
      parts.addAll(parser.next(token));
    }
    parts.addAll(parser.finish());
    return Outcome.of(parts);
  }

  int[] tokens(String answer) {
    List<Integer> tokens = new ArrayList<>();
    Map<String, Integer> controls = new HashMap<>();
    for (int i = 0; i < controlTokens.size(); i++) {
      controls.put(controlTokens.get(i), 256 + i);
    }
    for (String symbol : symbols(answer)) {
      if (controls.containsKey(symbol)) {
        tokens.add(controls.get(symbol));
      } else {
        for (int token : tokenizer.encode(symbol)) {
          tokens.add(token);
        }
      }
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
