package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Adapter;
import io.edgellm.model.Artifact;
import io.edgellm.model.Artifact.Role;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleaseBuilderTest {
  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = SampleRelease.copyModel(temporary);
  }

  private ReleaseBuilder builder() {
    return SampleRelease.describe(model, "assistant", "1.0.0");
  }

  @Test
  void derivesRolesFromFileNames() throws IOException {
    Files.writeString(model.resolve("golden.jsonl"), "");
    Files.writeString(model.resolve("README.md"), "");
    Files.writeString(model.resolve("LICENSE"), "");
    Map<String, Role> roles =
        builder().build().files().stream()
            .collect(Collectors.toMap(Artifact::path, Artifact::role));
    assertThat(roles)
        .containsEntry("model.onnx", Role.GRAPH)
        .containsEntry("model.onnx.data", Role.WEIGHTS)
        .containsEntry("tokenizer.json", Role.TOKENIZER)
        .containsEntry("tokenizer_config.json", Role.TOKENIZER)
        .containsEntry("special_tokens_map.json", Role.TOKENIZER)
        .containsEntry("chat_template.jinja", Role.TEMPLATE)
        .containsEntry("genai_config.json", Role.CONFIG)
        .containsEntry("golden.jsonl", Role.GOLDEN)
        .containsEntry("README.md", Role.DOCUMENT)
        .containsEntry("LICENSE", Role.DOCUMENT);
  }

  @Test
  void namesAdaptersByTheirFiles() throws IOException {
    Files.createDirectory(model.resolve("adapters"));
    Files.writeString(model.resolve("adapters/polite.onnx_adapter"), "x");
    assertThat(builder().build().adapters())
        .containsExactly(new Adapter("polite", List.of("adapters/polite.onnx_adapter")));
  }

  @Test
  void hashesFilesInChunksOfAMebibyte() throws IOException {
    Artifact weights = builder().build().file("model.onnx.data").orElseThrow();
    byte[] bytes = Files.readAllBytes(model.resolve("model.onnx.data"));
    assertThat(weights.sizeBytes()).isEqualTo(bytes.length);
    assertThat(weights.sha256()).isEqualTo(Sha256.of(bytes));
    assertThat(weights.chunks()).hasSize(5);
    assertThat(weights.chunks().get(4))
        .isEqualTo(Sha256.of(Arrays.copyOfRange(bytes, 4 << 20, bytes.length)));
  }

  @Test
  void givesTheSameBytesForTheSameDirectory() {
    assertThat(builder().build().toJson()).isEqualTo(builder().build().toJson());
  }

  @Test
  void leavesOutTheFilesOfAnEarlierRelease() {
    ReleaseManifest manifest = builder().build();
    ReleaseSigner.generate().sign(manifest).writeInto(model);
    assertThat(builder().build()).isEqualTo(manifest);
  }

  @Test
  void carriesTheFactsOfThePublisher() {
    ReleaseManifest.Quality quality = new ReleaseManifest.Quality(0.9, 0.1, 1.1, "golden");
    ReleaseManifest manifest =
        builder()
            .quality(quality)
            .provenance("licence", "Apache-2.0")
            .rollbackIndex(7)
            .approvedBy("release-manager")
            .build();
    assertThat(manifest.quality()).isEqualTo(quality);
    assertThat(manifest.provenance()).containsEntry("licence", "Apache-2.0");
    assertThat(manifest.rollbackIndex()).isEqualTo(7);
    assertThat(manifest.approvedBy()).containsExactly("release-manager");
    assertThat(manifest.created()).isEqualTo(SampleRelease.CLOCK.instant());
  }

  @Test
  void refusesFilesThatAreNoPartOfAModel() throws IOException {
    for (String name : new String[] {"hook.so", "convert.py", ".gitattributes", ".cache.json"}) {
      Path file = Files.writeString(model.resolve(name), "");
      assertThatThrownBy(() -> builder().build())
          .isInstanceOfSatisfying(
              ReleaseException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(ReleaseException.Reason.UNSUITABLE_FILE);
                assertThat(e.subject()).contains(name);
              });
      Files.delete(file);
    }
  }

  @Test
  void refusesAnApproverWhoIsNobody() {
    for (String name : new String[] {"", "  ", "\u00a0", "\u200b", "-"}) {
      assertThatThrownBy(() -> builder().approvedBy(name))
          .isInstanceOfSatisfying(
              ModelException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(ModelException.Reason.INVALID_VALUE);
                assertThat(e.subject()).contains("approvedBy");
              });
    }
    assertThat(builder().approvedBy("Ødegård").build().approvedBy()).contains("Ødegård");
  }

  @Test
  void refusesASymbolicLink() throws IOException {
    Files.createSymbolicLink(model.resolve("more.onnx"), model.resolve("model.onnx"));
    assertThatThrownBy(() -> builder().build())
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.UNSUITABLE_FILE));
  }

  @Test
  void saysThatADirectoryIsNotThere() {
    model = temporary.resolve("nowhere");
    assertThatThrownBy(() -> builder().build())
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.IO));
  }
}
