package io.edgellm.inference.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.code_intelligence.jazzer.mutation.annotation.WithUtf8Length;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateFuzzTest {
  private static final TemplateLimits LIMITS = new TemplateLimits(50_000, 50_000, 1 << 20, 20);
  private static final Clock NOW = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  static Stream<Arguments> seeds() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TemplateFuzzTest.class.getResourceAsStream("corpus.json"))) {
      JsonNode cases = new ObjectMapper().readTree(in).path("cases");
      return StreamSupport.stream(cases.spliterator(), false)
          .map(one -> Arguments.of(one.path("template").asText(), "Hi <|end|> {{ x }}"));
    }
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "1m")
  void rendersOrRefusesByName(
      @NotNull @WithUtf8Length(max = 2_000) String source,
      @NotNull @WithUtf8Length(max = 200) String text) {
    Template template;
    try {
      template = Template.parse(source);
    } catch (InferenceException refused) {
      assertThat(refused.reason()).isIn(Reason.MODEL_INVALID, Reason.MODEL_UNSUPPORTED);
      assertThat(refused.subject().orElseThrow()).matches("line \\d+, column \\d+");
      return;
    }
    try {
      List<TemplateSpan> spans = template.render(variables(text), NOW, LIMITS);
      assertThat(spans.stream().mapToInt(span -> span.text().length()).sum())
          .isLessThanOrEqualTo(LIMITS.textLength());
    } catch (InferenceException refused) {
      assertThat(refused.reason()).isEqualTo(Reason.TEMPLATE);
      assertThat(refused.subject().orElseThrow()).matches("line \\d+, column \\d+");
    }
  }

  private static Map<String, Object> variables(String text) {
    Map<String, Object> message = Map.of("role", "user", "content", text, "parts", List.of(text));
    return Map.of(
        "messages",
        List.of(message, message),
        "x",
        text,
        "d",
        Map.of(text, 1, "a", text),
        "numbers",
        List.of(1, 2.5, true, text),
        "bos_token",
        new TrustedText("<s>"),
        "add_generation_prompt",
        true);
  }
}
