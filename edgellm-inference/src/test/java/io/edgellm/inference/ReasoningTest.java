package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.Constraint;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model under a template that lets it think first; what it says counts as thought. */
class ReasoningTest {
  private static final String COMMAND = "dim the bedroom lights to 30 percent";
  private static final String THOUGHT =
      "{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}";

  @TempDir Path folder;

  private LoadedModel thinker() throws Exception {
    SampleCopy copy = SampleCopy.of("genai", folder);
    copy.delete("answer_format.json");
    Path template = copy.file("chat_template.jinja");
    Files.writeString(
        template,
        Files.readString(template).stripTrailing()
            + "{% if add_generation_prompt and enable_thinking is not false %}{{ '<think>\\n' }}"
            + "{% endif %}{# </think> #}");
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
        .load(DevelopmentModel.at(copy.directory()));
  }

  @Test
  void tellsThoughtsApartFromTheAnswer() throws Exception {
    try (LoadedModel model = thinker()) {
      Recorder heard = new Recorder();
      GenerationRequest request =
          GenerationRequest.builder()
              .user(COMMAND)
              .constraint(Constraint.choice("yes", "no"))
              .maxTokens(60)
              .build();
      GenerationResult answer = model.generate(request, heard).await();

      StringBuilder thoughts = new StringBuilder();
      for (GenerationEvent event : heard.events()) {
        if (event instanceof GenerationEvent.Reasoning reasoning) {
          thoughts.append(reasoning.text());
        }
      }
      assertThat(answer.text()).isIn("yes", "no");
      assertThat(heard.text()).isEqualTo(answer.text());
      assertThat(answer.reasoning()).isNotEmpty().isEqualTo(thoughts.toString());
      assertThat(answer.completionTokens()).isLessThanOrEqualTo(60);
    }
  }

  @Test
  void doesNotThinkWhereTheHostForbidsIt() throws Exception {
    try (LoadedModel model = thinker()) {
      GenerationResult answer =
          model.generate(GenerationRequest.builder().user(COMMAND).thinking(false).build());

      assertThat(answer.reasoning()).isEmpty();
      assertThat(answer.text()).isEqualTo(THOUGHT);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.END);
    }
  }
}
