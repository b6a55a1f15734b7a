package io.edgellm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[0]);

  @ParameterizedTest
  @ValueSource(
      strings = {"model.onnx", "onnx/model_q4.onnx.data", "a b/c (1).json", "..data/x", "com/x"})
  void allowsPathsInsideTheDirectory(String path) {
    assertThatCode(() -> Artifact.requireSafePath(path)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "/etc/passwd", "../x", "a/../../x", "a/..", ".", "a/./b", "a//b", "a/", "a\\b",
        "C:/x", "c:x", "a:b", "con", "NUL", "aux.txt", "a/com1.onnx", "LPT9", "x.", "x/y.", " x",
        "x ", "a\u0000b", "a\nb", "~/x?", "a*b", "\u00fcber.onnx", "a|b", "x\u202e.onnx"
      })
  void refusesPathsThatLeaveItOrAreNotPortable(String path) {
    assertThatThrownBy(() -> Artifact.requireSafePath(path))
        .isInstanceOfSatisfying(
            ModelException.class,
            e -> assertThat(e.reason()).isEqualTo(ModelException.Reason.UNSAFE_PATH));
  }

  @Test
  void refusesPathsThatAreTooLong() {
    assertThatThrownBy(() -> Artifact.requireSafePath("a/".repeat(256) + "b"))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> Artifact.requireSafePath("a".repeat(129)))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void hasOneChunkPerStartedMebibyte() {
    assertThat(Artifact.chunkCount(0)).isZero();
    assertThat(Artifact.chunkCount(1)).isEqualTo(1);
    assertThat(Artifact.chunkCount(1 << 20)).isEqualTo(1);
    assertThat(Artifact.chunkCount((1 << 20) + 1)).isEqualTo(2);
    assertThat(Artifact.chunkCount(Long.MAX_VALUE)).isPositive();
  }

  @Test
  void refusesAWrongNumberOfChunksAndNegativeSizes() {
    assertThatThrownBy(() -> artifact(1, List.of())).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> artifact(0, List.of(DIGEST))).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> artifact(-1, List.of())).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> artifact(Long.MAX_VALUE, List.of()))
        .isInstanceOf(ModelException.class);
  }

  private static Artifact artifact(long sizeBytes, List<Sha256> chunks) {
    return new Artifact("x", sizeBytes, DIGEST, "text/plain", Artifact.Role.DOCUMENT, chunks);
  }
}
