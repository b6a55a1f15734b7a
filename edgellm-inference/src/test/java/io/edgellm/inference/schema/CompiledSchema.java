package io.edgellm.inference.schema;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.Parse;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.JsonSchema;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A schema as a grammar, and beside it as a validator of somebody else. */
final class CompiledSchema {
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final Grammar grammar;
  private final String schema;

  private CompiledSchema(Grammar grammar, String schema) {
    this.grammar = grammar;
    this.schema = schema;
  }

  static CompiledSchema of(String schema) {
    return of(schema, Whitespace.NONE);
  }

  /** Takes single quotes for double ones, for schemas that are written in a test. */
  static CompiledSchema of(String schema, Whitespace policy) {
    String json = schema.replace('\'', '"');
    Grammar grammar = ConstraintGrammar.of(new Constraint.Schema(new JsonSchema(json), policy));
    return new CompiledSchema(grammar, json);
  }

  /** Takes single quotes for double ones. */
  boolean accepts(String json) {
    return accepts(grammar, json.replace('\'', '"'));
  }

  boolean acceptsExactly(String json) {
    return accepts(grammar, json);
  }

  static boolean accepts(Grammar grammar, String text) {
    Parse parse = Parse.start(grammar).next(text.getBytes(StandardCharsets.UTF_8));
    return parse != null && parse.accepts();
  }

  /** Returns what the validator has to say about each of the texts that it finds invalid. */
  List<String> errors(List<String> texts) throws JacksonException {
    SchemaValidatorsConfig config =
        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    com.networknt.schema.JsonSchema validator =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(schema, InputFormat.JSON, config);
    List<String> errors = new ArrayList<>();
    for (String text : texts) {
      validator
          .validate(JSON.readTree(text))
          .forEach(error -> errors.add(error.getMessage() + " in " + text + " by " + schema));
    }
    return errors;
  }

  String walk(Random random, int bytes) {
    return walk(grammar, random, bytes);
  }

  /**
   * Returns a random text of the grammar: so many random bytes, then the shortest way to the end.
   */
  static String walk(Grammar grammar, Random random, int bytes) {
    Parse parse = Parse.start(grammar);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    while (!parse.isOver() && text.size() < bytes && !(parse.accepts() && random.nextInt(4) == 0)) {
      int value = random.nextInt(4) == 0 ? random.nextInt(256) : 0x20 + random.nextInt(0x60);
      Parse next = parse.next(value);
      for (int tries = 0; next == null && tries < 256; tries++) {
        value = (value + 1) & 0xFF;
        next = parse.next(value);
      }
      if (next == null) {
        break;
      }
      text.write(value);
      parse = next;
    }
    if (!parse.accepts() || parse.symbolsToEnd() > 0) {
      for (int value : parse.wayToEnd()) {
        text.write(value);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
