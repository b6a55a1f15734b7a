package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaFuzzTest {

  static Stream<byte[]> seeds() {
    return Stream.of(
            "{'type':'object','properties':{'a':{'$ref':'#'}},'required':['b'],'minProperties':1}",
            "{'$defs':{'x':{'$anchor':'y','not':{'enum':[1,'a',[]]}}},'anyOf':[{'$ref':'#y'}]}",
            "{'oneOf':[{'multipleOf':0.25,'minimum':-1},{'pattern':'^a|b$','maxLength':3}]}",
            "{'type':['array','null'],'prefixItems':[{'const':{'k':1e3}}],'uniqueItems':true}",
            "{'patternProperties':{'^x':false},'propertyNames':{'minLength':1},'if':{},'else':{}}")
        .map(schema -> schema.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "1m")
  void refusesByNameOrProducesJson(byte @NotNull [] bytes) throws IOException {
    Grammar grammar;
    try {
      JsonSchema schema = new JsonSchema(new String(bytes, StandardCharsets.UTF_8));
      grammar = ConstraintGrammar.of(new Constraint.Schema(schema, Whitespace.FLEXIBLE));
    } catch (InferenceException e) {
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT);
      return;
    } catch (IllegalArgumentException e) {
      // Refused before, because it is no JSON or no schema.
      return;
    }
    String text = CompiledSchema.walk(grammar, new Random(bytes.length), 50);
    assertThat(CompiledSchema.JSON.readTree(text).isMissingNode()).as(text).isFalse();
  }
}
