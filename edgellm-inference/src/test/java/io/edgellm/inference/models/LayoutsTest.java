package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every layout against the plain forward pass, which keeps no cache. */
class LayoutsTest {
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();
  private static final int CHUNK = 5;
  private static final int CONTEXT = 40;
  private static final int PROMPT = 17;
  private static final int ALL = 24;
  private static final int[] IDS = new Random(42).ints(ALL, 3, Architecture.VOCABULARY).toArray();

  private static final Map<LayoutRow, TinyModel> MODELS = new EnumMap<>(LayoutRow.class);

  @TempDir static Path folder;

  private static TinyModel model(LayoutRow row) throws IOException {
    TinyModel known = MODELS.get(row);
    if (known == null) {
      known = row.write(folder.resolve(row.name()));
      MODELS.put(row, known);
    }
    return known;
  }

  private static DecoderGraph open(TinyModel model, int slots) {
    return open(model, slots, CONTEXT);
  }

  private static DecoderGraph open(TinyModel model, int slots, int context) {
    ModelDirectory directory = ModelDirectory.open(model.directory());
    ModelLayout layout = ModelLayout.read(directory);
    return DecoderGraph.open(
        RUNTIME, directory, layout, new SessionSettings(1, false, CHUNK, context, slots));
  }

  private static void assertAgrees(FloatBuffer logits, int row, TinyModel model, int[] ids) {
    float[] expected = model.reference().logits(ids)[ids.length - 1];
    double largest = 0;
    double off = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      off = Math.max(off, Math.abs(expected[i] - logits.get(row * expected.length + i)));
    }
    assertThat(off / largest).as("after " + ids.length + " tokens").isLessThan(model.tolerance());
  }

  private static int[] first(int count) {
    return Arrays.copyOf(IDS, count);
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void readsAPromptInChunksAndGoesOnTokenByToken(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    try (DecoderGraph graph = open(model, 1);
        RunInterrupt none = new RunInterrupt()) {
      assertAgrees(graph.read(0, IDS, 0, PROMPT, 1, none), 0, model, first(PROMPT));
      int[] slot = {0};
      for (int count = PROMPT; count < ALL; count++) {
        FloatBuffer logits = graph.step(slot, new int[] {IDS[count]}, 1, none);
        assertAgrees(logits, 0, model, first(count + 1));
      }
      assertThat(graph.length(0)).isEqualTo(ALL);
      graph.clear(0);
      int rows = Math.min(3, graph.logitsRows());
      FloatBuffer logits = graph.read(0, IDS, 0, 9, rows, none);
      for (int i = 0; i < rows; i++) {
        assertAgrees(logits, i, model, first(9 - rows + 1 + i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void goesBackAndOnInAnotherWay(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    int[] other = first(14);
    other[10] = IDS[20];
    try (DecoderGraph graph = open(model, 1);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(0, IDS, 0, PROMPT, 0, none);
      if (graph.abilities().contains(CacheAbility.REWIND)) {
        graph.rewind(0, 10);
        assertAgrees(graph.read(0, other, 10, 14, 1, none), 0, model, other);
      } else {
        assertThatThrownBy(() -> graph.rewind(0, 10))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching(".*(as a whole|begin anew).*");
        assertThat(graph.length(0)).isEqualTo(PROMPT);
        assertAgrees(graph.read(0, IDS, PROMPT, ALL, 1, none), 0, model, IDS);
      }
    }
  }

  @Test
  void goesBackInACacheThatEndsBeforeItsWindowDoes() throws Exception {
    TinyModel model = model(LayoutRow.WINDOWED_CACHE);
    int[] other = {IDS[0], IDS[1], IDS[7]};
    try (DecoderGraph graph = open(model, 1, HuggingFaceModels.WINDOW - 1);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(0, IDS, 0, HuggingFaceModels.WINDOW - 1, 0, none);
      graph.rewind(0, 2);
      assertAgrees(graph.read(0, other, 2, 3, 1, none), 0, model, other);
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void forksASequence(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    int[] other = first(ALL);
    other[20] = IDS[3];
    try (DecoderGraph graph = open(model, 2);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(0, IDS, 0, PROMPT, 0, none);
      if (!graph.abilities().contains(CacheAbility.FORK)) {
        assertThatThrownBy(() -> graph.copy(0, 1, PROMPT))
            .isInstanceOf(IllegalArgumentException.class);
        return;
      }
      graph.copy(0, 1, PROMPT);
      assertAgrees(graph.read(1, other, PROMPT, ALL, 1, none), 0, model, other);
      assertAgrees(graph.read(0, IDS, PROMPT, ALL, 1, none), 0, model, IDS);
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void restoresAnImage(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    try (DecoderGraph graph = open(model, 2);
        RunInterrupt none = new RunInterrupt()) {
      graph.read(1, IDS, 0, PROMPT, 0, none);
      if (!graph.abilities().contains(CacheAbility.SNAPSHOT)) {
        assertThatThrownBy(() -> graph.imageBytes(PROMPT))
            .isInstanceOf(IllegalArgumentException.class);
        return;
      }
      ByteBuffer image =
          ByteBuffer.allocateDirect(Math.toIntExact(graph.imageBytes(PROMPT)))
              .order(ByteOrder.nativeOrder());
      graph.save(1, PROMPT, image);
      assertThat(image.hasRemaining()).isFalse();
      graph.clear(1);
      graph.read(0, IDS, 5, 12, 0, none);
      graph.restore(0, PROMPT, image.flip());
      assertAgrees(graph.read(0, IDS, PROMPT, ALL, 1, none), 0, model, IDS);
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void stepsSequencesOfDifferentLengths(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    int[] lengths = {PROMPT, 4, 9};
    try (DecoderGraph graph = open(model, 3);
        RunInterrupt none = new RunInterrupt()) {
      for (int slot = 0; slot < 3; slot++) {
        graph.read(slot, IDS, 0, lengths[slot], 0, none);
      }
      int[] slots = {0, 1, 2};
      int[] next = IntStream.of(lengths).map(length -> IDS[length]).toArray();
      FloatBuffer logits = graph.step(slots, next, 3, none);
      for (int slot = 0; slot < 3; slot++) {
        assertAgrees(logits, slot, model, first(lengths[slot] + 1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void fillsItsContextAndNoMore(LayoutRow row) throws Exception {
    TinyModel model = model(row);
    try (DecoderGraph graph = open(model, 1);
        RunInterrupt none = new RunInterrupt()) {
      int context = graph.contextTokens();
      int[] ids = new Random(7).ints(context + 1, 3, Architecture.VOCABULARY).toArray();
      int[] whole = Arrays.copyOf(ids, context);
      assertAgrees(graph.read(0, ids, 0, context, 1, none), 0, model, whole);
      assertThatThrownBy(() -> graph.read(0, ids, context, context + 1, 1, none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("do not fit");
    }
  }
}
