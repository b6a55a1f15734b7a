package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that computes no numbers after one of its tokens. */
class DamagedWeightsTest {
  private static final List<GoldenChat> CHATS = GoldenChat.all();

  @TempDir Path folder;

  /** A token of the first conversation that the second one does not have. */
  private static int damagedToken() {
    GoldenChat sound = CHATS.get(1);
    return CHATS.get(0).promptIds().stream()
        .filter(id -> !sound.promptIds().contains(id) && !sound.outputIds().contains(id))
        .findFirst()
        .orElseThrow();
  }

  private static void damage(SampleCopy model, int token) throws IOException {
    OnnxMl.ModelProto graph =
        OnnxMl.ModelProto.parseFrom(Files.readAllBytes(model.file("model.onnx")));
    OnnxMl.TensorProto embeddings =
        graph.getGraph().getInitializerList().stream()
            .filter(tensor -> tensor.getName().contains("embed_tokens"))
            .findFirst()
            .orElseThrow();
    int rowBytes = (int) embeddings.getDims(1) * Float.BYTES;
    ByteBuffer row = ByteBuffer.allocate(rowBytes).order(ByteOrder.LITTLE_ENDIAN);
    while (row.hasRemaining()) {
      row.putFloat(Float.NaN);
    }
    long offset =
        embeddings.getExternalDataList().stream()
            .filter(entry -> entry.getKey().equals("offset"))
            .mapToLong(entry -> Long.parseLong(entry.getValue()))
            .sum();
    try (RandomAccessFile weights =
        new RandomAccessFile(model.file("model.onnx.data").toFile(), "rw")) {
      weights.seek(offset + (long) token * rowBytes);
      weights.write(row.array());
    }
  }

  private static GenerationRequest ask(GoldenChat chat) {
    return GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build();
  }

  @Test
  void failTheRequestsConcernedAndNoOther() throws Exception {
    SampleCopy model = SampleCopy.of("genai", folder);
    damage(model, damagedToken());
    OnnxOptions options = OnnxOptions.builder().threads(1).concurrency(3).build();
    try (LoadedModel loaded =
        new OnnxModelLoader(options).load(DevelopmentModel.at(model.directory()))) {
      for (int round = 0; round < 5; round++) {
        Generation sound = loaded.generate(ask(CHATS.get(1)), GenerationListener.silent());
        Generation damaged = loaded.generate(ask(CHATS.get(0)), GenerationListener.silent());
        Generation alsoSound = loaded.generate(ask(CHATS.get(1)), GenerationListener.silent());
        assertThatThrownBy(damaged::await)
            .isInstanceOfSatisfying(
                InferenceException.class,
                e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.RUNTIME))
            .hasMessageContaining("not numbers");
        assertThat(sound.await().tokenIds()).isEqualTo(CHATS.get(1).outputIds());
        assertThat(alsoSound.await().tokenIds()).isEqualTo(CHATS.get(1).outputIds());
      }
    }
  }
}
