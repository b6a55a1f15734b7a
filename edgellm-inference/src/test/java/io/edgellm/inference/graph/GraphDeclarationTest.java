package io.edgellm.inference.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.engine.GoldenChat;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraphDeclarationTest {
  @ParameterizedTest
  @ValueSource(strings = {"genai/model.onnx", "optimum/onnx/model.onnx"})
  void readsFromTheFileWhatASessionDeclares(String file) throws Exception {
    Path graph = GoldenChat.SAMPLE.resolve(file);
    OrtEnvironment environment = RuntimeGuard.ofThisProcess(false).start();
    try (OrtSession session = environment.createSession(graph.toString())) {
      assertThat(GraphOutline.read(graph).declaration()).isEqualTo(GraphDeclaration.of(session));
    }
  }
}
