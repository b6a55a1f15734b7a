package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a model wrote becomes a record, or is refused with its place. */
final class RecordReadingTest {
  private enum Room {
    KITCHEN,
    BEDROOM
  }

  private record SetLight(Room room, @Range(min = 0, max = 100) int level) {}

  private record Scalars(
      boolean flag,
      byte b,
      Long l,
      BigInteger whole,
      double d,
      float f,
      BigDecimal exact,
      String text,
      LocalDate date,
      OffsetTime time,
      Instant instant,
      Duration pause,
      UUID id) {}

  private record Absences(
      Optional<String> a,
      OptionalInt b,
      OptionalDouble c,
      @Nullable String d,
      Optional<List<Room>> e) {}

  private record Tree(String name, List<Tree> children) {}

  private sealed interface Shape {}

  private record Circle(double radius) implements Shape {}

  private record Square(double side, Optional<Shape> inner) implements Shape {}

  private record Drawing(List<Shape> shapes) {}

  @Test
  void readsScalars() {
    assertThat(
            read(
                Scalars.class,
                """
                {"flag":true,"b":-128,"l":9223372036854775807,"whole":123456789012345678901234567890,
                "d":1e3,"f":0.5,"exact":1.25,"text":"a\\u00e9","date":"2026-11-22",
                "time":"12:30:00Z","instant":"2026-11-22T12:00:00+01:00",
                "pause":"P1DT5M",
                "id":"123e4567-e89b-12d3-a456-426614174000"}"""))
        .isEqualTo(
            new Scalars(
                true,
                (byte) -128,
                Long.MAX_VALUE,
                new BigInteger("123456789012345678901234567890"),
                1000,
                0.5f,
                new BigDecimal("1.25"),
                "aé",
                LocalDate.of(2026, 11, 22),
                OffsetTime.of(LocalTime.of(12, 30), ZoneOffset.UTC),
                Instant.parse("2026-11-22T11:00:00Z"),
                Duration.ofDays(1).plusMinutes(5),
                UUID.fromString("123e4567-e89b-12d3-a456-426614174000")));
  }

  @Test
  void takesAWholeNumberWithAPointForOne() {
    assertThat(read(SetLight.class, "{\"room\":\"KITCHEN\",\"level\":3.0e1}").level())
        .isEqualTo(30);
  }

  @Test
  void readsListsSetsArraysAndMaps() {
    @SuppressWarnings("ArrayRecordComponent")
    record Parts(List<Room> list, Set<String> set, int[] numbers, Map<String, Double> shares) {}

    Parts parts =
        read(
            Parts.class,
            """
            {"list":["KITCHEN","KITCHEN"],"set":["b","a","b"],"numbers":[3,1],
            "shares":{"x":0.5,"a":1}}""");

    assertThat(parts.list()).containsExactly(Room.KITCHEN, Room.KITCHEN);
    assertThat(parts.set()).containsExactly("b", "a");
    assertThat(parts.numbers()).containsExactly(3, 1);
    assertThat(parts.shares()).containsExactly(Map.entry("x", 0.5), Map.entry("a", 1.0));
  }

  @Test
  void takesNullForAbsentWhereAComponentMayBeAbsent() {
    Absences none =
        new Absences(
            Optional.empty(), OptionalInt.empty(), OptionalDouble.empty(), null, Optional.empty());
    assertThat(read(Absences.class, "{}")).isEqualTo(none);
    assertThat(read(Absences.class, "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":null}"))
        .isEqualTo(none);
    assertThat(
            read(Absences.class, "{\"a\":\"x\",\"b\":1,\"c\":1,\"d\":\"y\",\"e\":[\"KITCHEN\"]}"))
        .isEqualTo(
            new Absences(
                Optional.of("x"),
                OptionalInt.of(1),
                OptionalDouble.of(1),
                "y",
                Optional.of(List.of(Room.KITCHEN))));
  }

  @Test
  void readsRecordsInRecords() {
    assertThat(read(Tree.class, "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}"))
        .isEqualTo(new Tree("a", List.of(new Tree("b", List.of()))));
  }

  @Test
  void readsTheRecordOfASealedInterfaceThatIsNamed() {
    assertThat(
            read(
                Drawing.class,
                """
                {"shapes":[{"type":"Square","side":2,"inner":{"type":"Circle","radius":1}}]}"""))
        .isEqualTo(new Drawing(List.of(new Square(2, Optional.of(new Circle(1))))));
  }

  @Test
  void namesThePlaceOfWhatDoesNotFit() {
    assertThat(fault(SetLight.class, "{\"room\":\"KITCHEN\"}").getMessage())
        .isEqualTo("What the model wrote does not fit the record: 'level' is missing.");
    assertRefused("{\"room\":\"KITCHEN\",\"level\":101}", "level", "from 0 to 100");
    assertRefused("{\"room\":\"KITCHEN\",\"level\":1.5}", "level", "a whole number");
    assertRefused("{\"room\":\"KITCHEN\",\"level\":\"1\"}", "level", "and is \"1\"");
    assertRefused("{\"room\":\"KITCHEN\",\"level\":null}", "level", "and is null");
    assertRefused("{\"room\":\"kitchen\",\"level\":1}", "room", "one of [KITCHEN, BEDROOM]");
    assertRefused("{\"room\":0,\"level\":1}", "room", "one of [KITCHEN, BEDROOM]");
    assertRefused("{\"room\":\"KITCHEN\",\"level\":1,\"x\":1}", "x", "no component of SetLight");
    assertThat(
            fault(
                    Tree.class,
                    "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]},"
                        + "{\"name\":true,\"children\":[]}]}")
                .subject())
        .contains("children[1].name");
    assertThat(fault(Drawing.class, "{\"shapes\":[{\"type\":\"Star\"}]}").getMessage())
        .contains("'shapes[0]' must be an object whose \"type\" is one of [Circle, Square]");
  }

  @Test
  void refusesNumbersThatTheirTypesCannotHold() {
    record Numbers(long l, double d) {}

    assertThat(fault(Numbers.class, "{\"l\":9223372036854775808,\"d\":1}").subject()).contains("l");
    assertThat(fault(Numbers.class, "{\"l\":1,\"d\":1e309}").subject()).contains("d");
  }

  @Test
  void refusesWhatIsNotOneJsonObject() {
    for (String text :
        List.of(
            "",
            "[]",
            "{\"room\":\"KITCHEN\",\"level\":1} {}",
            "{\"room\"",
            "{\"level\":1e900000000}")) {
      GenerationResult answer = TypedRequestTest.answer(text, FinishReason.END);
      InferenceException e =
          catchThrowableOfType(
              InferenceException.class,
              () -> TypedRequest.of(GenerationRequest.of("x"), SetLight.class).read(answer));
      assertThat(e.reason()).as(text).isEqualTo(InferenceException.Reason.ANSWER_INVALID);
    }
  }

  @Test
  void passesOnWhyAConstructorRefuses() {
    record Even(int number) {
      Even {
        if (number % 2 != 0) {
          throw new IllegalArgumentException(number + " is odd");
        }
      }
    }

    assertThat(read(Even.class, "{\"number\":2}")).isEqualTo(new Even(2));
    InferenceException e = fault(Even.class, "{\"number\":3}");
    assertThat(e)
        .hasMessageContaining("3 is odd")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRefused(String arguments, String path, String words) {
    InferenceException e = fault(SetLight.class, arguments);
    assertThat(e.subject()).contains(path);
    assertThat(e).hasMessageContaining(words);
  }

  private static InferenceException fault(Class<? extends Record> type, String arguments) {
    InferenceException e =
        catchThrowableOfType(InferenceException.class, () -> read(type, arguments));
    assertThat(e.reason()).isEqualTo(InferenceException.Reason.ANSWER_INVALID);
    return e;
  }

  private static <R extends Record> R read(Class<R> type, String arguments) {
    return new ToolCall("1", "tool", arguments).argumentsAs(type);
  }
}
