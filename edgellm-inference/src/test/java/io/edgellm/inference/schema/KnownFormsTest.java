package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.Constraint.Whitespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Schemas in the forms in which common tools write them. */
final class KnownFormsTest {
  private static final long SEED = 11;

  @Test
  void enforcesWhatPydanticWrites() throws Exception {
    CompiledSchema schema =
        CompiledSchema.of(
            """
            {"$defs":{
               "Priority":{"enum":["low","normal","high"],"title":"Priority","type":"string"},
               "Item":{"properties":{
                  "sku":{"pattern":"^[A-Z]{2}-\\\\d{4}$","title":"Sku","type":"string"},
                  "count":{"exclusiveMinimum":0,"maximum":99,"title":"Count","type":"integer"},
                  "note":{"anyOf":[{"maxLength":40,"type":"string"},{"type":"null"}],
                          "default":null,"title":"Note"}},
                  "required":["sku","count"],"title":"Item","type":"object"}},
             "additionalProperties":false,
             "description":"An order.",
             "properties":{
               "id":{"format":"uuid","title":"Id","type":"string"},
               "priority":{"$ref":"#/$defs/Priority","default":"normal"},
               "items":{"items":{"$ref":"#/$defs/Item"},"maxItems":5,"minItems":1,"type":"array"},
               "prices":{"additionalProperties":{"type":"number"},"type":"object"},
               "pair":{"maxItems":2,"minItems":2,
                       "prefixItems":[{"type":"integer"},{"type":"string"}],"type":"array"}},
             "required":["id","items"],"title":"Order","type":"object"}
            """,
            Whitespace.FLEXIBLE);
    assertThat(
            schema.accepts(
                "{'id': '123e4567-e89b-12d3-a456-426614174000', 'priority': 'high',"
                    + " 'items': [{'sku': 'AB-1234', 'count': 3, 'note': null}],"
                    + " 'prices': {'AB-1234': 2.50}, 'pair': [1, 'x']}"))
        .isTrue();
    assertThat(schema.accepts("{'id':'123e4567-e89b-12d3-a456-426614174000','items':[]}"))
        .isFalse();
    producesValidTexts(schema);
  }

  @Test
  void enforcesStrictStructuredOutput() throws Exception {
    CompiledSchema schema =
        CompiledSchema.of(
            """
            {"type":"object","properties":{
               "steps":{"type":"array","items":{"type":"object","properties":{
                  "explanation":{"type":"string"},"output":{"type":"string"}},
                  "required":["explanation","output"],"additionalProperties":false}},
               "final_answer":{"type":["string","null"]},
               "ui":{"$ref":"#/$defs/node"}},
             "required":["steps","final_answer","ui"],"additionalProperties":false,
             "$defs":{"node":{"type":"object","properties":{
                "type":{"type":"string","enum":["div","button"]},
                "children":{"type":"array","items":{"$ref":"#/$defs/node"}}},
                "required":["type","children"],"additionalProperties":false}}}
            """,
            Whitespace.NONE);
    assertThat(
            schema.accepts(
                "{'steps':[{'explanation':'e','output':'o'}],'final_answer':null,"
                    + "'ui':{'type':'div','children':[{'type':'button','children':[]}]}}"))
        .isTrue();
    producesValidTexts(schema);
  }

  @Test
  void enforcesTheArgumentsOfATool() throws Exception {
    CompiledSchema schema =
        CompiledSchema.of(
            """
            {"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{
               "path":{"type":"string","description":"Where to look."},
               "head":{"type":"number","description":"How many lines."},
               "edits":{"type":"array","items":{"type":"object","properties":{
                  "oldText":{"type":"string"},"newText":{"type":"string"}},
                  "required":["oldText","newText"],"additionalProperties":false}},
               "dryRun":{"type":"boolean","default":false},
               "sortBy":{"type":"string","enum":["name","size"],"default":"name"}},
             "required":["path"],"additionalProperties":false}
            """,
            Whitespace.SPACED);
    assertThat(schema.accepts("{'path': '/tmp', 'dryRun': true}")).isTrue();
    assertThat(schema.accepts("{'dryRun': true}")).isFalse();
    producesValidTexts(schema);
  }

  @Test
  void enforcesWhatZodWrites() throws Exception {
    CompiledSchema schema =
        CompiledSchema.of(
            """
            {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{
               "name":{"type":"string","minLength":1},
               "age":{"type":"integer","minimum":0,"maximum":9007199254740991},
               "email":{"type":"string","format":"email",
                  "pattern":"^[A-Za-z0-9_+.-]+@[A-Za-z0-9-]+\\\\.(?:com|org)$"},
               "shape":{"oneOf":[
                  {"type":"object","properties":{"kind":{"type":"string","const":"circle"},
                     "radius":{"type":"number"}},"required":["kind","radius"],
                     "additionalProperties":false},
                  {"type":"object","properties":{"kind":{"type":"string","const":"square"},
                     "side":{"type":"number","exclusiveMinimum":0}},"required":["kind","side"],
                     "additionalProperties":false}]},
               "tags":{"type":"object","propertyNames":{"type":"string"},
                  "additionalProperties":{"type":"string"}},
               "when":{"type":"string","format":"date-time"}},
             "required":["name","shape"],"additionalProperties":false}
            """,
            Whitespace.FLEXIBLE);
    assertThat(schema.accepts("{'name':'n','age':0,'shape':{'kind':'square','side':1.5}}"))
        .isTrue();
    assertThat(schema.accepts("{'name':'n','shape':{'kind':'square','radius':1.5}}")).isFalse();
    producesValidTexts(schema);
  }

  @Test
  void enforcesInheritanceByAllOf() throws Exception {
    CompiledSchema schema =
        CompiledSchema.of(
            """
            {"allOf":[{"$ref":"#/definitions/Base"},{"type":"object","properties":{
                "extra":{"type":"integer"}},"required":["extra"]}],
             "definitions":{"Base":{"type":"object","properties":{"id":{"type":"string"}},
                "required":["id"]}}}
            """);
    assertThat(schema.accepts("{'id':'x','extra':1}")).isTrue();
    assertThat(schema.accepts("{'id':'x'}")).isFalse();
    producesValidTexts(schema);
  }

  private static void producesValidTexts(CompiledSchema schema) throws Exception {
    Random random = new Random(SEED);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      texts.add(schema.walk(random, random.nextInt(300)));
    }
    assertThat(schema.errors(texts)).as("seed " + SEED).isEmpty();
  }
}
