package io.edgellm.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** LangChain4j's schema elements as JSON Schema. */
final class SchemaMappingTest {
  @Test
  void writesEveryKindOfElement() {
    JsonObjectSchema schema =
        JsonObjectSchema.builder()
            .description("a room")
            .addStringProperty("name", "how it is called")
            .addIntegerProperty("floor")
            .addNumberProperty("area")
            .addBooleanProperty("warm")
            .addEnumProperty("use", java.util.List.of("LIVE", "SLEEP"))
            .addProperty("doors", JsonArraySchema.builder().items(new JsonStringSchema()).build())
            .addProperty(
                "owner",
                JsonAnyOfSchema.builder()
                    .anyOf(new JsonStringSchema(), new JsonNullSchema())
                    .build())
            .addProperty("next", JsonReferenceSchema.builder().reference("Room").build())
            .required("name", "floor")
            .definitions(Map.of("Room", JsonEnumSchema.builder().enumValues("A", "B").build()))
            .build();
    assertThat(SchemaMapping.schema(schema))
        .isEqualTo(
            """
            {"type":"object","description":"a room","properties":{\
            "name":{"type":"string","description":"how it is called"},\
            "floor":{"type":"integer"},"area":{"type":"number"},"warm":{"type":"boolean"},\
            "use":{"type":"string","enum":["LIVE","SLEEP"]},\
            "doors":{"type":"array","items":{"type":"string"}},\
            "owner":{"anyOf":[{"type":"string"},{"type":"null"}]},\
            "next":{"$ref":"#/$defs/Room"}},\
            "required":["name","floor"],"additionalProperties":false,\
            "$defs":{"Room":{"type":"string","enum":["A","B"]}}}""");
  }

  @Test
  void leavesMapsOpenAndKeepsWhatIsSaid() {
    assertThat(SchemaMapping.schema(JsonObjectSchema.builder().build()))
        .isEqualTo("{\"type\":\"object\"}");
    assertThat(
            SchemaMapping.schema(
                JsonObjectSchema.builder()
                    .addStringProperty("a")
                    .additionalProperties(true)
                    .build()))
        .contains("\"additionalProperties\":true");
  }

  @Test
  void passesRawSchemasOn() {
    assertThat(
            SchemaMapping.schema(
                JsonArraySchema.builder()
                    .items(JsonRawSchema.from("{\"type\": \"string\", \"pattern\": \"^a\"}"))
                    .build()))
        .isEqualTo("{\"type\":\"array\",\"items\":{\"type\":\"string\",\"pattern\":\"^a\"}}");
  }

  @Test
  void refusesElementsThatItDoesNotKnow() {
    JsonSchemaElement unknown = () -> "no one knows";
    assertThatIllegalArgumentException().isThrownBy(() -> SchemaMapping.schema(unknown));
  }
}
