package io.edgellm.inference.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.models.LayoutRow;
import io.edgellm.inference.models.TinyModel;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SurgeryOfEveryLayoutTest {
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(
      value = LayoutRow.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PIPELINE", "EMBEDDINGS"})
  void prunesWhatItUnderstands(LayoutRow row) throws Exception {
    TinyModel usual = LayoutRow.GENAI.write(temp.resolve("usual"));
    TinyModel model = row.write(temp.resolve("model"));
    ModelLayout layout =
        ModelLayout.read(ModelDirectory.open(usual.directory())).withGraph(model.graph());

    PreparedGraph prepared =
        new GraphSurgery(RUNTIME, new SurgeryOptions(null, null, 1, true, false))
            .prepare(ModelDirectory.open(model.directory()), layout);

    String head = step(prepared, "head");
    String cache = step(prepared, "cache");
    switch (row) {
      case FIXED_SHAPES, FIXED_SHAPES_WRITTEN_BY_THE_GRAPH ->
          assertThat(head).contains("LEFT").contains("[1, 4]");
      case LOGITS_TO_KEEP -> assertThat(head).contains("LEFT").contains("already");
      case MERGED -> assertThat(head).contains("LEFT").contains("through If");
      default -> assertThat(head).contains("DONE");
    }
    switch (row) {
      case GENAI, GENAI_WITH_POSITIONS, LOGITS_TO_KEEP -> assertThat(cache).contains("DONE");
      case LAYERS_OF_OTHER_SIZES, WINDOW_IN_WHOLE_CACHE -> assertThat(cache).contains("DONE");
      case GENAI_HALF -> assertThat(cache).contains("LEFT").contains("not hold float32");
      case CONVOLUTIONS -> assertThat(cache).contains("LEFT").contains("another kind");
      default -> assertThat(cache).contains("LEFT");
    }
    assertThat(prepared.choosesRows()).isEqualTo(head.contains("DONE"));
  }

  private static String step(PreparedGraph prepared, String name) {
    return prepared.steps().stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow()
        .toString();
  }
}
