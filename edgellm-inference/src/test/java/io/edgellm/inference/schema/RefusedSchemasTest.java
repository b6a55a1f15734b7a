package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be enforced, or contradicts itself, is refused with its place. */
final class RefusedSchemasTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'minlength':3}                                    | #/minlength                | did you mean \"minLength\"",
        "{'nullable':true}                                  | #/nullable                 | OpenAPI",
        "{'properties':{'a/b':{'foo':1}}}                   | #/properties/a~1b/foo      | not known",
        "{'$dynamicRef':'#x'}                               | #/$dynamicRef              | use \"$ref\"",
        "{'$ref':'http://example.com/x.json'}               | #/$ref                     | never fetched",
        "{'$ref':'other.json#/a'}                           | #/$ref                     | never fetched",
        "{'$ref':'#/$defs/none'}                            | #/$ref                     | there is nothing at",
        "{'$ref':'#none'}                                   | #/$ref                     | there is nothing at",
        "{'$ref':7}                                         | #/$ref                     | not the address",
        "{'$ref':'#/$defs','$defs':{}}                      | #/$ref                     | no schema stands",
        "{'$ref':'#'}                                       | #/$ref                     | refers to itself",
        "{'allOf':[{'$ref':'#'}]}                           | #/allOf                    | refers to itself",
        "{'anyOf':[{'type':'null'},{'$ref':'#'}]}           | #/anyOf                    | refers to itself",
        "{'type':'text'}                                    | #/type                     | there is no type",
        "{'type':[]}                                        | #/type                     | names no type",
        "{'minimum':'3'}                                    | #/minimum                  | not a number",
        "{'exclusiveMinimum':true,'minimum':1}              | #/exclusiveMinimum         | not a number",
        "{'minimum':1e300}                                  | #/minimum                  | digits",
        "{'const':1e300}                                    | #/const                    | digits",
        "{'minLength':-1}                                   | #/minLength                | whole number",
        "{'minItems':1.5}                                   | #/minItems                 | whole number",
        "{'multipleOf':0}                                   | #/multipleOf               | greater than 0",
        "{'multipleOf':123456789}                           | #/multipleOf               | too many digits",
        "{'pattern':'('}                                    | #/pattern                  | ",
        "{'pattern':'(a)\\\\1'}                             | #/pattern                  | ",
        "{'pattern':'^(?:[ab]*a[ab]{40})$'}                 | #/pattern                  | ",
        "{'format':'klingon'}                               | #/format                   | not known",
        "{'required':'a'}                                   | #/required                 | array of strings",
        "{'properties':[]}                                  | #/properties               | not an object",
        "{'properties':{'a':3}}                             | #/properties               | a schema is",
        "{'allOf':[]}                                       | #/allOf                    | has no schemas",
        "{'anyOf':{}}                                       | #/anyOf                    | not an array",
        "{'type':'array','uniqueItems':true}                | #/uniqueItems              | enum",
        "{'type':'array','contains':{'const':1}}            | #/contains                 | prefixItems",
        "{'allOf':[{}],'unevaluatedProperties':false}       | #/unevaluatedProperties    | additionalProperties",
        "{'not':{'additionalProperties':{'type':'null'}}}   | #/not                      | say what is allowed",
        "{'type':'object','minProperties':2}                | #/minProperties            | could come twice",
        "{'$id':'a b'}                                      | #/$id                      | not the address",
        "{'enum':['\\ud800']}                               | #/enum                     | surrogate",
        "{'oneOf':[{'additionalProperties':{'type':'null'}},{'propertyNames':{'maxLength':1}}]} | #/oneOf | different constants",
      })
  void refusesWhatItCannotEnforce(String schema, String place, String words) {
    InferenceException refusal = refusal(schema);
    assertThat(refusal.subject()).hasValue(place);
    assertThat(refusal).hasMessageContaining(words == null ? "" : words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "false                                                       | #              | false",
        "{'type':'integer','minimum':5,'maximum':3}                  | #              | \"minimum\": 5 and \"maximum\": 3 contradict",
        "{'type':'integer','minimum':1.2,'maximum':1.8}              | #              | contradict",
        "{'type':'integer','exclusiveMinimum':5,'exclusiveMaximum':6}| #              | contradict",
        "{'enum':[]}                                                 | #              | \"enum\": [] allows no value",
        "{'enum':['a',1],'type':'boolean'}                           | #              | contradict",
        "{'allOf':[{'type':'string'},{'type':'null'}]}               | #              | \"type\": \"string\" and \"type\": \"null\" contradict",
        "{'$ref':'#/$defs/a','type':'null','$defs':{'a':{'const':1}}}| #              | \"const\": 1 and \"type\": \"null\" contradict",
        "{'type':'string','pattern':'^a{5}$','maxLength':3}          | #              | \"pattern\": \"^a{5}$\" and \"maxLength\": 3",
        "{'type':'string','minLength':4,'maxLength':3}               | #              | contradict",
        "{'type':'string','pattern':'^[^a]$','enum':['a']}           | #              | contradict",
        "{'type':'array','minItems':3,'maxItems':2}                  | #              | contradict",
        "{'type':'array','items':false,'minItems':1}                 | #              | contradict",
        "{'type':'object','properties':{'a':false},'required':['a']} | #              | contradict",
        "{'type':'object','required':['a'],'additionalProperties':false} | #          | contradict",
        "{'type':'object','required':['a','b'],'maxProperties':1}    | #              | contradict",
        "{'not':{}}                                                  | #              | \"not\": {} allows no value",
        "{'type':'object','required':['a'],'properties':{'a':{'type':'object','required':['b'],'properties':{'b':{'type':'null','const':1}}}}} | #/properties/a/properties/b | contradict",
        "{'type':'array','minItems':1,'items':{'enum':[]}}           | #/items        | allows no value",
        "{'type':'object','required':['child'],'properties':{'child':{'$ref':'#'}}} | # | without end",
        "{'type':'array','minItems':1,'items':{'$ref':'#'}}          | #              | without end",
        "{'oneOf':[{'type':'integer'},{'type':'integer'}]}           | #              | allows no value",
      })
  void saysWhatContradictsWhat(String schema, String place, String words) {
    InferenceException refusal = refusal(schema);
    assertThat(refusal).hasMessageContaining("Nothing can satisfy").hasMessageContaining(words);
    assertThat(refusal.subject()).hasValue(place);
  }

  private static InferenceException refusal(String schema) {
    InferenceException refusal =
        catchThrowableOfType(InferenceException.class, () -> CompiledSchema.of(schema));
    assertThat(refusal).as(schema).isNotNull();
    assertThat(refusal.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT);
    return refusal;
  }

  @Test
  void leavesOutOptionalPartsThatNothingCanSatisfy() {
    CompiledSchema schema =
        CompiledSchema.of(
            "{'type':'object','additionalProperties':false,'properties':{"
                + "'a':{'type':'integer','minimum':5,'maximum':3},'b':{'const':1}}}");
    assertThat(schema.accepts("{'b':1}")).isTrue();
    assertThat(schema.accepts("{'a':4,'b':1}")).isFalse();
  }

  @Test
  void ignoresAnnotationsAndKeywordsThatBeginWithX() {
    CompiledSchema schema =
        CompiledSchema.of(
            "{'$schema':'https://json-schema.org/draft/2020-12/schema','title':'t',"
                + "'description':'d','default':1,'examples':[2],'$comment':'c','deprecated':true,"
                + "'readOnly':true,'x-order':3,'const':7}");
    assertThat(schema.accepts("7")).isTrue();
    assertThat(schema.accepts("1")).isFalse();
  }

  @Test
  void endsWithASchemaThatWouldGrowWithoutBound() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      all.append(i == 0 ? "" : ",")
          .append("{'anyOf':[{'properties':{'a" + i + "':{'const':1}}},")
          .append("{'properties':{'b" + i + "':{'const':1}}}]}");
    }
    assertThat(refusal("{'type':'object','allOf':[" + all + "]}"))
        .hasMessageContaining("alternatives");
  }

  @Test
  void endsWithAChoiceOfVeryManyObjects() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      all.append(i == 0 ? "" : ",").append("{'type':'object','required':['a" + i + "']}");
    }
    assertThat(refusal("{'oneOf':[" + all + "]}")).hasMessageContaining("not compared");
  }

  @Test
  void endsWithVeryManyPatterns() {
    StringBuilder properties = new StringBuilder();
    for (int i = 0; i < 4_000; i++) {
      properties
          .append(i == 0 ? "" : ",")
          .append(
              "'p" + i + "':{'type':'string','pattern':'^[a-z]{9}(x|[0-9]{" + (150 + i) + "})$'}");
    }
    assertThat(refusal("{'type':'object','properties':{" + properties + "}}"))
        .hasMessageContaining("states together");
  }

  @Test
  void endsWithATowerOfReferences() {
    StringBuilder defs = new StringBuilder("'d0':{'const':1}");
    for (int i = 1; i < 2_000; i++) {
      defs.append(",'d" + i + "':{'$ref':'#/$defs/d" + (i - 1) + "'}");
    }
    String schema = "{'$ref':'#/$defs/d1999','$defs':{" + defs + "}}";
    assertThatThrownBy(() -> CompiledSchema.of(schema)).isInstanceOf(InferenceException.class);
  }

  @Test
  void readsAMegabyte() {
    StringBuilder values = new StringBuilder("'v0'");
    for (int i = 1; values.length() < JsonSchema.LONGEST - 100; i++) {
      values.append(",'v").append(i * 7919L % 1_000_003).append("'");
    }
    String schema = "{'enum':[" + values + "]}";
    try {
      assertThat(CompiledSchema.of(schema).accepts("'v0'")).isTrue();
    } catch (InferenceException e) {
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT);
    }
  }
}
