package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.llm.InferenceException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every construct against jinja2 itself; make_goldens.py beside the goldens made them. */
class JinjaGoldenTest {
  private static final Clock NOW =
      Clock.fixed(Instant.parse("2026-03-07T09:05:02Z"), ZoneOffset.UTC);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Stream<Arguments> goldens() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(JinjaGoldenTest.class.getResourceAsStream("goldens.json"))) {
      JsonNode root = MAPPER.readTree(in);
      Map<String, Object> variables =
          MAPPER.convertValue(root.path("variables"), new TypeReference<>() {});
      return StreamSupport.stream(root.path("goldens").spliterator(), false)
          .map(golden -> Arguments.of(golden.path("name").asText(), golden, variables));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void rendersAsJinjaDoes(String name, JsonNode golden, Map<String, Object> variables) {
    String source = golden.path("template").asText();
    if (golden.has("error")) {
      assertThatThrownBy(() -> render(source, variables))
          .as("%s: %s, in Python %s", name, source, golden.path("error").asText())
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("line ");
    } else {
      assertThat(render(source, variables))
          .as("%s: %s", name, source)
          .isEqualTo(golden.path("output").asText());
    }
  }

  private static String render(String source, Map<String, Object> variables) {
    List<TemplateSpan> spans =
        Template.parse(source).render(variables, NOW, TemplateLimits.DEFAULT);
    return spans.stream().map(TemplateSpan::text).collect(Collectors.joining());
  }
}
