package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.JsonSchema;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that the grammar of a schema takes, and others that it does not. */
final class SchemaGrammarTest {

  @ParameterizedTest
  @MethodSource({
    "simpleValues",
    "numbers",
    "strings",
    "arrays",
    "objects",
    "combinations",
    "references"
  })
  void takesValidTextsInTheOrderOfTheSchemaAndNoOthers(
      String schema, String[] valid, String[] invalid) {
    CompiledSchema compiled = CompiledSchema.of(schema);
    assertThat(valid).allMatch(compiled::accepts);
    assertThat(invalid).noneMatch(compiled::accepts);
  }

  private static Arguments of(String schema, String[] valid, String... invalid) {
    return Arguments.of(schema, valid, invalid);
  }

  private static String[] valid(String... texts) {
    return texts;
  }

  static Stream<Arguments> simpleValues() {
    return Stream.of(
        of("true", valid("null", "[1,{}]", "{'a':[]}", "-1.5e10", "'x'"), "", "nul", "01", "[1,]"),
        of("{}", valid("null", "'\\ud83d\\ude00'", "'\\u0041'"), "'\\ud83d'", "'\\ude00'", "'\n'"),
        of("{'type':'null'}", valid("null"), "0", "false"),
        of("{'type':'boolean'}", valid("true", "false"), "null", "'true'"),
        of("{'type':['boolean','null']}", valid("true", "null"), "0"),
        of("{'const':null}", valid("null"), "0"),
        of(
            "{'const':{'a':[1,'x',{'b':null}]}}",
            valid("{'a':[1,'x',{'b':null}]}"),
            "{'a':[1,'x',{'b':0}]}",
            "{'a':[1,'x',{}]}",
            "{'a':[1,'x']}"),
        of(
            "{'enum':['a','ab',1,2.5,true,null,[],{}]}",
            valid("'a'", "'ab'", "1", "2.5", "true", "null", "[]", "{}"),
            "'b'",
            "1.0",
            "2.50",
            "false",
            "[1]",
            "{'a':1}"),
        of("{'enum':['a',1,'b',2],'type':'string'}", valid("'a'", "'b'"), "1", "2"));
  }

  static Stream<Arguments> numbers() {
    return Stream.of(
        of(
            "{'type':'integer'}",
            valid("0", "-5", "123456789012345"),
            "1.0",
            "1e5",
            "-0",
            "01",
            "1234567890123456"),
        of(
            "{'type':'number'}",
            valid("0", "-5.25", "1e10", "1.5E-7", "2.50"),
            "1.",
            ".5",
            "1e100",
            "1.1234567890123456"),
        of(
            "{'type':'integer','minimum':-3,'maximum':12}",
            valid("-3", "-1", "0", "9", "12"),
            "-4",
            "13",
            "99",
            "-10"),
        of(
            "{'type':'number','minimum':0,'maximum':1}",
            valid("0", "1", "0.5", "1.0", "0.999"),
            "1.01",
            "-0.1",
            "2",
            "5e-1"),
        of(
            "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':0.25}",
            valid("0.1", "0.2499", "0.00001"),
            "0",
            "0.25",
            "0.250",
            "0.0"),
        of(
            "{'type':'number','exclusiveMinimum':-2.5,'maximum':-0.5}",
            valid("-2.4", "-0.5", "-1"),
            "-2.5",
            "-0.4",
            "0",
            "-3"),
        of("{'type':'integer','multipleOf':7}", valid("0", "7", "-14", "7777"), "1", "8", "-15"),
        of(
            "{'type':'integer','multipleOf':1000000}",
            valid("0", "3000000", "-10000000"),
            "1",
            "300000"),
        of(
            "{'type':'number','multipleOf':0.01}",
            valid("1", "1.2", "1.25", "1.250", "-0.01"),
            "1.255",
            "0.001"),
        of("{'type':'number','multipleOf':2.5}", valid("0", "2.5", "5", "12.50"), "1", "2", "0.5"),
        of(
            "{'type':'integer','minimum':9223372036854775807}",
            valid("9223372036854775807", "99999999999999999999"),
            "9223372036854775806",
            "5"),
        of("{'type':'integer','format':'int32'}", valid("2147483647", "-2147483648"), "2147483648"),
        of("{'type':'number','enum':[1,2,3],'minimum':2}", valid("2", "3"), "1"));
  }

  static Stream<Arguments> strings() {
    return Stream.of(
        of("{'type':'string'}", valid("''", "'é\\u00e9\\n\\/'", "'\\ud83d\\ude00'"), "'\\x'", "'"),
        of(
            "{'type':'string','minLength':2,'maxLength':3}",
            valid("'ab'", "'a😀c'", "'\\n\\n'"),
            "'a'",
            "'abcd'",
            "''"),
        of("{'type':'string','pattern':'^[a-c]+$'}", valid("'a'", "'abc'"), "'d'", "''", "'abd'"),
        of("{'type':'string','pattern':'b'}", valid("'b'", "'abc'"), "'ac'"),
        of(
            "{'type':'string','pattern':'^a*$','minLength':2,'maxLength':3}",
            valid("'aa'", "'aaa'"),
            "'a'",
            "'aaaa'"),
        of(
            "{'type':'string','format':'date'}",
            valid("'2024-02-29'", "'2026-12-31'"),
            "'2024-13-01'",
            "'2023-02-29'",
            "'x'"),
        of(
            "{'type':'string','format':'date-time','pattern':'Z$'}",
            valid("'2026-11-22T12:00:00Z'"),
            "'2026-11-22T12:00:00+01:00'"),
        of(
            "{'type':'string','format':'uuid'}",
            valid("'123e4567-e89b-12d3-a456-426614174000'"),
            "'123e4567'"),
        of("{'format':'ipv4'}", valid("'127.0.0.1'", "1", "null"), "'256.0.0.1'"),
        of("{'type':'string','not':{'enum':['a','b']}}", valid("'c'", "'ab'"), "'a'", "'b'"));
  }

  static Stream<Arguments> arrays() {
    return Stream.of(
        of("{'type':'array'}", valid("[]", "[1,'a',[[]]]"), "[1,]", "{}"),
        of("{'type':'array','items':{'type':'integer'}}", valid("[]", "[1]", "[1,2,3]"), "['a']"),
        of(
            "{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':3}",
            valid("[1]", "[1,2,3]"),
            "[]",
            "[1,2,3,4]"),
        of(
            "{'type':'array','items':{'type':'null'},'minItems':2}",
            valid("[null,null]", "[null,null,null]"),
            "[null]",
            "[]"),
        of(
            "{'type':'array','prefixItems':[{'const':1},{'const':2}]}",
            valid("[]", "[1]", "[1,2]", "[1,2,'x',3]"),
            "[2]",
            "[1,1]"),
        of(
            "{'type':'array','prefixItems':[{'const':1},{'const':2},{'const':3}],'items':false}",
            valid("[]", "[1]", "[1,2]", "[1,2,3]"),
            "[1,2,3,4]",
            "[1,3]"),
        of(
            "{'type':'array','items':[{'const':1},{'const':2}],'additionalItems':{'const':3},"
                + "'minItems':1,'maxItems':4}",
            valid("[1]", "[1,2]", "[1,2,3,3]"),
            "[]",
            "[1,2,4]",
            "[1,2,3,3,3]"),
        of(
            "{'type':'array','prefixItems':[{'const':1},false,{'const':3}]}",
            valid("[]", "[1]"),
            "[1,3]",
            "[1,2,3]"),
        of(
            "{'type':'array','items':{'enum':['a','b','c']},'uniqueItems':true,'minItems':1}",
            valid("['a']", "['c','a']", "['b','a','c']"),
            "[]",
            "['a','a']",
            "['a','b','c','a']"),
        of("{'type':'array','uniqueItems':true,'maxItems':1}", valid("[]", "[5]"), "[5,6]"),
        of(
            "{'type':'array','contains':true,'maxContains':2}",
            valid("[1]", "[1,2]"),
            "[]",
            "[1,2,3]"));
  }

  static Stream<Arguments> objects() {
    String abc =
        "'properties':{'a':{'const':1},'b':{'const':2},'c':{'const':3}},'additionalProperties':false";
    return Stream.of(
        of("{'type':'object'}", valid("{}", "{'a':1,'b':{'c':[]}}"), "{'a'}", "{,}", "[]"),
        of(
            "{'type':'object'," + abc + "}",
            valid(
                "{}",
                "{'a':1}",
                "{'b':2}",
                "{'c':3}",
                "{'a':1,'c':3}",
                "{'b':2,'c':3}",
                "{'a':1,'b':2,'c':3}"),
            "{'b':2,'a':1}",
            "{'a':1,}",
            "{,'a':1}",
            "{'d':1}",
            "{'a':2}",
            "{'a':1,'a':1}"),
        of(
            "{'type':'object','required':['b']," + abc + "}",
            valid("{'b':2}", "{'a':1,'b':2}", "{'b':2,'c':3}", "{'a':1,'b':2,'c':3}"),
            "{}",
            "{'a':1}",
            "{'a':1,'c':3}"),
        of(
            "{'type':'object','required':['c','a']," + abc + "}",
            valid("{'a':1,'c':3}", "{'a':1,'b':2,'c':3}"),
            "{'a':1}",
            "{'c':3}"),
        of(
            "{'type':'object','minProperties':2," + abc + "}",
            valid("{'a':1,'b':2}", "{'a':1,'c':3}", "{'a':1,'b':2,'c':3}"),
            "{}",
            "{'b':2}"),
        of(
            "{'type':'object','maxProperties':1," + abc + "}",
            valid("{}", "{'c':3}"),
            "{'a':1,'c':3}"),
        of(
            "{'type':'object','properties':{'a':{'const':1}},'additionalProperties':{'const':2}}",
            valid("{}", "{'a':1}", "{'b':2}", "{'a':1,'b':2,'aa':2}"),
            "{'a':2}",
            "{'b':1}"),
        of(
            "{'type':'object','properties':{'a':{}},'required':['z']}",
            valid("{'z':1}", "{'a':1,'z':[],'y':0}"),
            "{}",
            "{'a':1}"),
        of(
            "{'type':'object','additionalProperties':{'const':1},'maxProperties':2}",
            valid("{}", "{'x':1}", "{'x':1,'y':1}"),
            "{'x':1,'y':1,'z':1}"),
        of("{'type':'object','minProperties':1}", valid("{'x':1}"), "{}"),
        of(
            "{'type':'object','patternProperties':{'^s_':{'type':'string'},'_n$':{'const':'n'}},"
                + "'additionalProperties':false}",
            valid("{}", "{'s_x':'y'}", "{'a_n':'n'}", "{'s_n':'n'}"),
            "{'s_x':1}",
            "{'s_n':'m'}",
            "{'x':'y'}"),
        of(
            "{'type':'object','propertyNames':{'pattern':'^[a-z]$'},'additionalProperties':{'const':0}}",
            valid("{}", "{'a':0,'b':0}"),
            "{'A':0}",
            "{'ab':0}"),
        of(
            "{'type':'object','properties':{'a':false,'b':{'const':1}},'additionalProperties':false}",
            valid("{}", "{'b':1}"),
            "{'a':1}",
            "{'a':1,'b':1}"),
        of(
            "{'type':'object','properties':{'a':{'const':1},'b':{'const':2}},"
                + "'additionalProperties':false,'dependentRequired':{'a':['b']}}",
            valid("{}", "{'b':2}", "{'a':1,'b':2}"),
            "{'a':1}"),
        of(
            "{'type':'object','properties':{'a':{'const':1}},'unevaluatedProperties':false}",
            valid("{}", "{'a':1}"),
            "{'b':1}"),
        of(
            "{'type':'object','properties':{'ü\\\"\\n':{'const':1}},'additionalProperties':false}",
            valid("{'ü\\\"\\n':1}"),
            "{'\\u00fc\\\"\\n':1}"));
  }

  static Stream<Arguments> combinations() {
    String kinds =
        "{'type':'object','properties':{'kind':{'const':'a'},'n':{'type':'integer'}},"
            + "'required':['kind'],'additionalProperties':false},"
            + "{'type':'object','properties':{'kind':{'const':'b'},'n':{'type':'boolean'}},"
            + "'required':['kind'],'additionalProperties':false}";
    return Stream.of(
        of("{'anyOf':[{'type':'string'},{'type':'null'}]}", valid("'x'", "null"), "1"),
        of(
            "{'anyOf':[" + kinds + "]}",
            valid("{'kind':'a','n':1}", "{'kind':'b','n':true}"),
            "{'kind':'a','n':true}",
            "{'kind':'c'}"),
        of(
            "{'oneOf':[" + kinds + "]}",
            valid("{'kind':'a','n':1}", "{'kind':'b'}"),
            "{'kind':'b','n':1}",
            "{}"),
        of(
            "{'oneOf':[{'type':'integer'},{'type':'number','minimum':2}]}",
            valid("1", "-7", "2.5"),
            "3",
            "1.5",
            "2.0"),
        of(
            "{'oneOf':[{'pattern':'^a'},{'pattern':'b$'}],'type':'string'}",
            valid("'ax'", "'xb'"),
            "'ab'",
            "'x'"),
        of(
            "{'type':'object','properties':{'a':{'const':1},'b':{'const':2}},"
                + "'oneOf':[{'required':['a']},{'required':['b']}],'additionalProperties':false}",
            valid("{'a':1}", "{'b':2}"),
            "{}",
            "{'a':1,'b':2}"),
        of("{'allOf':[{'type':'integer','minimum':3},{'maximum':5}]}", valid("3", "5"), "2", "6"),
        of(
            "{'allOf':[{'type':'object','properties':{'a':{'minimum':1}},'required':['a']},"
                + "{'properties':{'a':{'type':'integer','maximum':2},'b':{'const':0}},"
                + "'additionalProperties':false}]}",
            valid("{'a':1}", "{'a':2,'b':0}"),
            "{'a':3}",
            "{'a':0}",
            "{'a':1,'c':0}",
            "{'b':0}"),
        of(
            "{'not':{'type':['array','object','string','null']}}",
            valid("1", "true", "-2.5"),
            "[]",
            "null",
            "{}"),
        of("{'type':'integer','not':{'minimum':3}}", valid("2", "-9"), "3", "100"),
        of(
            "{'type':'object','properties':{'k':{'enum':['x','y']},'v':{}},'required':['k','v'],"
                + "'additionalProperties':false,"
                + "'if':{'properties':{'k':{'const':'x'}}},'then':{'properties':{'v':{'type':'null'}}},"
                + "'else':{'properties':{'v':{'type':'boolean'}}}}",
            valid("{'k':'x','v':null}", "{'k':'y','v':true}"),
            "{'k':'x','v':true}",
            "{'k':'y','v':null}"),
        of(
            "{'enum':[1,2,'a'],'anyOf':[{'type':'integer'},{'const':'a'}],'not':{'const':2}}",
            valid("1", "'a'"),
            "2"));
  }

  static Stream<Arguments> references() {
    return Stream.of(
        of("{'$ref':'#/$defs/a~1b%25','$defs':{'a/b%':{'const':1}}}", valid("1"), "2"),
        of("{'$ref':'#x','$defs':{'a':{'$anchor':'x','const':1}}}", valid("1"), "2"),
        of(
            "{'$id':'http://example.com/root.json','$ref':'item.json',"
                + "'$defs':{'a':{'$id':'item.json','type':'array','items':{'$ref':'#/$defs/i'},"
                + "'$defs':{'i':{'const':1}}}}}",
            valid("[1,1]"),
            "[2]"),
        of(
            "{'$ref':'#/$defs/a','maximum':3,'$defs':{'a':{'type':'integer','minimum':2}}}",
            valid("2", "3"),
            "1",
            "4"),
        of(
            "{'$ref':'#/definitions/t','definitions':{'t':{'type':'object','properties':"
                + "{'v':{'type':'integer'},'next':{'anyOf':[{'$ref':'#/definitions/t'},{'type':'null'}]}},"
                + "'required':['v','next'],'additionalProperties':false}}}",
            valid("{'v':1,'next':null}", "{'v':1,'next':{'v':2,'next':null}}"),
            "{'v':1}",
            "{'v':1,'next':{}}"),
        of("{'type':'array','items':{'$ref':'#'}}", valid("[]", "[[],[[]]]"), "[1]", "[[]"),
        of(
            "{'anyOf':[{'type':'integer'},{'type':'array','items':{'$ref':'#'},'minItems':1}]}",
            valid("1", "[1]", "[[1,2],3]"),
            "[]",
            "[[]]"),
        of(
            "{'type':'object','properties':{'a':{'type':'integer'},'self':{'$ref':'#'}},"
                + "'additionalProperties':false}",
            valid("{}", "{'self':{'a':1,'self':{}}}"),
            "{'self':1}"));
  }

  @Test
  void writesASpaceAfterCommasAndColons() {
    CompiledSchema schema =
        CompiledSchema.of(
            "{'type':'object','properties':{'a':{'type':'array'},'b':{'const':1}}}",
            Whitespace.SPACED);
    assertThat(schema.accepts("{'a': [1, {'x': 2}], 'b': 1}")).isTrue();
    assertThat(schema.accepts("{'a':[],'b':1}")).isFalse();
    assertThat(schema.accepts("{ 'a': []}")).isFalse();
  }

  @Test
  void letsAModelIndent() {
    CompiledSchema schema =
        CompiledSchema.of(
            "{'type':'object','properties':{'a':{'type':'array'},'b':{'const':1}},"
                + "'required':['a']}",
            Whitespace.FLEXIBLE);
    assertThat(schema.accepts("{\n  'a': [\n    1,\r\n\t\t2\n  ],\n  'b' : 1\n}")).isTrue();
    assertThat(schema.accepts("{ 'a': [ ], 'b':1 }")).isTrue();
    assertThat(schema.accepts("{'a':[]}")).isTrue();
  }

  @Test
  void doesNotLetAModelGoOnWithWhiteSpace() {
    CompiledSchema schema = CompiledSchema.of("{'type':'array'}", Whitespace.FLEXIBLE);
    assertThat(schema.accepts("[  ]")).isFalse();
    assertThat(schema.accepts("[\n\n]")).isFalse();
    assertThat(schema.accepts("[\n" + " ".repeat(41) + "]")).isFalse();
    assertThat(schema.accepts(" []")).isFalse();
    assertThat(schema.accepts("[] ")).isFalse();
  }

  @Test
  void staysSmallForManyOptionalProperties() {
    StringBuilder properties = new StringBuilder();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      properties.append(i == 0 ? "" : ",").append("'p" + i + "':{'type':'integer'}");
      all.append(i == 0 ? "" : ",").append("'p" + i + "':" + i);
    }
    CompiledSchema schema =
        CompiledSchema.of(
            "{'type':'object','additionalProperties':false,'properties':{" + properties + "}}");
    assertThat(schema.accepts("{" + all + "}")).isTrue();
    assertThat(schema.accepts("{'p7':1,'p99':2}")).isTrue();
    assertThat(schema.accepts("{'p8':1,'p7':2}")).isFalse();
  }

  @Test
  void writesNoMoreThanItCountsWhereTheBoundIsFarAway() {
    CompiledSchema texts = CompiledSchema.of("{'type':'string','maxLength':1000000}");
    assertThat(texts.accepts("'" + "é".repeat(4_000) + "'")).isTrue();
    assertThat(texts.accepts("'" + "é".repeat(4_001) + "'")).isFalse();
    CompiledSchema lists =
        CompiledSchema.of("{'type':'array','items':{'const':1},'maxItems':1000000}");
    assertThat(lists.accepts("[1" + ",1".repeat(999) + "]")).isTrue();
    assertThat(lists.accepts("[1" + ",1".repeat(1_000) + "]")).isFalse();
  }

  @Test
  void definesSeveralSchemasInOneGrammar() {
    Grammar.Builder rules = Grammar.builder();
    JsonSchema one = new JsonSchema("{\"type\":\"object\",\"required\":[\"a\"]}");
    JsonSchema other = new JsonSchema("{\"type\":\"object\",\"required\":[\"b\"]}");
    rules.define(
        "both",
        Expression.sequence(
            SchemaGrammar.define(rules, one, Whitespace.NONE),
            SchemaGrammar.define(rules, other, Whitespace.SPACED),
            SchemaGrammar.define(rules, one, Whitespace.NONE)));
    Grammar grammar = ConstraintGrammar.build(rules, "both");
    assertThat(CompiledSchema.accepts(grammar, "{\"a\":1}{\"b\": 1}{\"a\":{}}")).isTrue();
    assertThat(CompiledSchema.accepts(grammar, "{\"a\":1}{\"a\": 1}{\"a\":{}}")).isFalse();
  }
}
