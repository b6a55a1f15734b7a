package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The schema of a record. */
@SuppressWarnings({"ArrayRecordComponent", "UnusedNestedClass"}) // They are looked at alone.
final class RecordSchemaTest {
  private enum Room {
    KITCHEN,
    BEDROOM
  }

  @Described("Dims a light.")
  private record SetLight(
      @Described("which room") Room room,
      @Range(min = 0, max = 100) int level,
      Optional<Boolean> slowly) {}

  private record Scalars(
      boolean flag,
      byte b,
      Short s,
      long l,
      BigInteger whole,
      double d,
      Float f,
      BigDecimal exact,
      String text,
      LocalDate date,
      OffsetTime time,
      Instant instant,
      Duration pause,
      UUID id) {}

  private record Parts(List<String> list, Set<Room> set, int[] numbers, Map<String, Long> counts) {}

  private record Absences(
      Optional<String> a, OptionalInt b, @Nullable String c, int @Nullable [] d, String e) {}

  private record Bounds(
      @Range(min = 0.5) double share,
      @Range(min = 1, max = 8) String name,
      @Range(max = 3) List<@Nullable String> wrong) {}

  private record Tree(String name, List<Tree> children) {}

  private record Point(int x, int y) {}

  private record Line(Point from, Point to) {}

  private sealed interface Shape {}

  private record Circle(double radius) implements Shape {}

  private record Square(double side, Optional<Shape> inner) implements Shape {}

  private record Drawing(List<Shape> shapes) {}

  private record Page<T>(List<T> items) {}

  @Test
  void hasTheComponentsInOrderAndNothingElse() {
    assertThat(JsonSchema.of(SetLight.class).json())
        .isEqualTo(
            """
            {"type":"object","description":"Dims a light.","properties":{\
            "room":{"type":"string","enum":["KITCHEN","BEDROOM"],"description":"which room"},\
            "level":{"type":"integer","minimum":0,"maximum":100},\
            "slowly":{"type":"boolean"}},\
            "required":["room","level"],"additionalProperties":false}""");
  }

  @Test
  void boundsWholeNumbersByTheirTypes() {
    assertThat(properties(Scalars.class))
        .isEqualTo(
            """
            "flag":{"type":"boolean"},\
            "b":{"type":"integer","minimum":-128,"maximum":127},\
            "s":{"type":"integer","minimum":-32768,"maximum":32767},\
            "l":{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807},\
            "whole":{"type":"integer"},\
            "d":{"type":"number"},"f":{"type":"number"},"exact":{"type":"number"},\
            "text":{"type":"string"},\
            "date":{"type":"string","format":"date"},\
            "time":{"type":"string","format":"time",\
            "pattern":"(Z|[+-](0\\\\d|1[0-7]):\\\\d\\\\d)$"},\
            "instant":{"type":"string","format":"date-time",\
            "pattern":"(Z|[+-](0\\\\d|1[0-7]):\\\\d\\\\d)$"},\
            "pause":{"type":"string","format":"duration","pattern":"^P(\\\\d+D)?(T.*)?$"},\
            "id":{"type":"string","format":"uuid"}""");
  }

  @Test
  void describesListsSetsArraysAndMaps() {
    assertThat(properties(Parts.class))
        .isEqualTo(
            """
            "list":{"type":"array","items":{"type":"string"}},\
            "set":{"type":"array","items":{"type":"string","enum":["KITCHEN","BEDROOM"]}},\
            "numbers":{"type":"array","items":{"type":"integer","minimum":-2147483648,\
            "maximum":2147483647}},\
            "counts":{"type":"object","additionalProperties":{"type":"integer",\
            "minimum":-9223372036854775808,"maximum":9223372036854775807}}""");
  }

  @Test
  void requiresWhatIsNeitherOptionalNorNullable() {
    assertThat(JsonSchema.of(Absences.class).json()).contains("\"required\":[\"e\"]");
  }

  @Test
  void boundsNumbersTextsAndLists() {
    record Bounded(
        @Range(min = 0.5, max = 2) double factor,
        @Range(min = 1, max = 8) String name,
        @Range(max = 3) List<Integer> few,
        @Range(min = -1) OptionalInt offset) {}

    assertThat(properties(Bounded.class))
        .contains("\"factor\":{\"type\":\"number\",\"minimum\":0.5,\"maximum\":2}")
        .contains("\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":8}")
        .contains("\"maxItems\":3}")
        .contains("\"offset\":{\"type\":\"integer\",\"minimum\":-1,\"maximum\":2147483647}");
  }

  @Test
  void refersToItselfWhereARecordDoes() {
    assertThat(properties(Tree.class))
        .isEqualTo(
            """
            "name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}""");
  }

  @Test
  void writesOnceWhatOccursTwice() {
    assertThat(JsonSchema.of(Line.class).json())
        .startsWith(
            """
            {"type":"object","properties":{"from":{"$ref":"#/$defs/Point"},\
            "to":{"$ref":"#/$defs/Point"}}""")
        .containsOnlyOnce("\"$defs\":{\"Point\":{\"type\":\"object\"");
  }

  @Test
  void tellsRecordsOfASealedInterfaceByTheirNames() {
    assertThat(JsonSchema.of(Drawing.class).json())
        .contains("\"items\":{\"$ref\":\"#/$defs/Shape\"}")
        .contains(
            """
            "$defs":{"Shape":{"anyOf":[\
            {"type":"object","properties":{"type":{"const":"Circle"},"radius":{"type":"number"}},\
            "required":["type","radius"],"additionalProperties":false},\
            {"type":"object","properties":{"type":{"const":"Square"},"side":{"type":"number"},\
            "inner":{"$ref":"#/$defs/Shape"}},\
            "required":["type","side"],"additionalProperties":false}]}}""");
  }

  @Test
  void givesTypesOfTheSameSimpleNameDifferentNames() {
    record Mine(Line line, Other.Point here, Other.Point there, Point again) {}

    assertThat(JsonSchema.of(Mine.class).json()).contains("#/$defs/Point\"", "#/$defs/Point2\"");
  }

  private static final class Other {
    private record Point(String name) {}
  }

  @Test
  void describesTheArgumentsOfATool() {
    assertThat(ToolDefinition.of("light.set", "Dims a light.", SetLight.class).parameters())
        .isEqualTo(JsonSchema.of(SetLight.class));
  }

  @TestFactory
  Stream<DynamicTest> refusesWhatHasNoOneFormInJson() {
    record HasObject(Object any) {}
    record HasChar(char c) {}
    record HasPeriod(Period pause) {}
    record HasLocalTime(LocalDateTime at) {}
    record HasKeys(Map<Room, String> map) {}
    record HasRaw(@SuppressWarnings("rawtypes") List list) {}
    record HasWildcard(List<? extends Point> list) {}
    record HasPage(Page<String> page) {}
    record HasNested(List<Optional<String>> list) {}
    return Map.<Class<? extends Record>, String>of(
            HasObject.class, "HasObject.any is java.lang.Object",
            HasChar.class, "use String with @Range(min = 1, max = 1) instead",
            HasPeriod.class, "HasPeriod.pause is java.time.Period",
            HasLocalTime.class, "use OffsetDateTime instead",
            HasKeys.class, "use String for its keys instead",
            HasRaw.class, "use List with the type of its elements instead",
            HasWildcard.class, "write the actual type",
            HasPage.class, "use a record without type parameters instead",
            Page.class, "use a record without type parameters instead",
            HasNested.class, "use elements that are always there instead")
        .entrySet()
        .stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey().getSimpleName(),
                    () ->
                        assertThatIllegalArgumentException()
                            .isThrownBy(() -> JsonSchema.of(e.getKey()))
                            .withMessageContaining(e.getValue())));
  }

  @Test
  void refusesNullableElements() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonSchema.of(Bounds.class))
        .withMessageContaining("Bounds.wrong");
  }

  @Test
  void refusesRangesWithoutMeaning() {
    record OnBoolean(@Range(max = 1) boolean flag) {}
    record TooWide(@Range(max = 300) byte level) {}
    record Reversed(@Range(min = 2, max = 1) int level) {}
    record Broken(@Range(max = 1.5) int level) {}

    for (Class<? extends Record> type :
        List.<Class<? extends Record>>of(
            OnBoolean.class, TooWide.class, Reversed.class, Broken.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> JsonSchema.of(type))
          .withMessageContaining("@Range of")
          .withMessageContaining(type.getTypeName());
    }
  }

  private sealed interface Command {}

  private record Typed(String type) implements Command {}

  private record Script(List<Command> commands) {}

  @Test
  void refusesRecordsThatCannotBeToldApart() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonSchema.of(Script.class))
        .withMessageContaining("no component of that name");
  }

  private static String properties(Class<? extends Record> type) {
    String schema = JsonSchema.of(type).json();
    String begin = "\"properties\":{";
    return schema.substring(
        schema.indexOf(begin) + begin.length(), schema.lastIndexOf("},\"required\""));
  }
}
