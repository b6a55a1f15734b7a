package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that some file system reads in its own way, and names that are taken. */
class StoreNamesTest {
  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final ModelStore store;

  StoreNamesTest(@TempDir Path directory) {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store = ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "con",
        "nul.txt",
        "com1",
        "a/b",
        "a\\b",
        "a:b",
        "Llama",
        "llama.",
        " llama",
        "llama ",
        ".edgellm",
        "-rf",
        "mod\u00e8le",
        "\u6a21\u578b",
        "llama\u0000",
        "llama\n",
        "l\u0131ama",
        "\u202ellama"
      })
  void refusesANameOfAModel(String name) {
    assertThatThrownBy(() -> new ModelId(name)).isInstanceOf(ModelException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "con",
        "1.0",
        "1.0.0/..",
        "1.0.0\\x",
        "1.0.0+Onnx",
        "1.0.0-RC1",
        "1.0.0 ",
        "1.0.0\u0000",
        "1.0.0\n",
        "\u0661.0.0",
        "1.0.0-\u00e9",
        "01.0.0",
        "99999999999999999999.0.0"
      })
  void refusesAVersion(String version) {
    assertThatThrownBy(() -> ModelVersion.parse(version)).isInstanceOf(ModelException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../model.onnx",
        "weights/../../x",
        "weights//x",
        "weights/",
        "./x",
        "con",
        "weights/NUL.data",
        "a\\b",
        "C:x",
        "model.onnx.",
        "model.onnx ",
        "mod\u00e8le.onnx",
        "model\u0000.onnx",
        "model.onnx\n",
        "~\u202egnp.exe"
      })
  void refusesAPathOfAFile(String path) {
    assertThatThrownBy(() -> Artifact.requireSafePath(path)).isInstanceOf(ModelException.class);
  }

  @Test
  void refusesNamesOfThreeHundredCharacters() {
    String name = "a".repeat(300);
    assertThatThrownBy(() -> new ModelId(name)).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> ModelVersion.parse("1.0.0-" + name))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> Artifact.requireSafePath(name)).isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> Artifact.requireSafePath("a/".repeat(300) + "b"))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void theLongestNamesThatAreAllowedCanBeInstalled() throws IOException {
    ModelId model = new ModelId("m".repeat(64));
    publisher.release(model, "1.0.0+" + "b".repeat(122), 0).installInto(store, verifier);
    assertThat(store.list(model)).hasSize(1);
  }

  @Test
  void refusesAModelBesideADirectoryThatDiffersOnlyInCase() throws IOException {
    Files.createDirectory(root.resolve("Assistant"));
    TestRelease release = publisher.release("1.0.0");
    assertRefused(StoreException.Reason.NAME_CLASH, () -> release.installInto(store, verifier));
    assertThat(root.resolve("assistant")).doesNotExist();
    Files.delete(root.resolve("Assistant"));
    release.installInto(store, verifier);
  }

  @Test
  void refusesAVersionBesideADirectoryThatDiffersOnlyInCase() throws IOException {
    publisher.release("1.0.0").installInto(store, verifier);
    Files.createDirectory(root.resolve("assistant/2.0.0-RC1"));
    assertRefused(
        StoreException.Reason.NAME_CLASH,
        () -> publisher.release("2.0.0-rc1").installInto(store, verifier));
  }

  @Test
  void refusesAFileInThePlaceOfAModelOrAVersion() throws IOException {
    Path line = Files.writeString(root.resolve("assistant"), "a file");
    TestRelease release = publisher.release("1.0.0");
    assertRefused(StoreException.Reason.NAME_CLASH, () -> release.installInto(store, verifier));
    Files.delete(line);
    Files.createDirectory(line);
    Files.writeString(line.resolve("1.0.0"), "a file");
    assertRefused(StoreException.Reason.NAME_CLASH, () -> release.installInto(store, verifier));
    assertThat(store.care().repair(CareListener.NONE).quarantined()).hasSize(1);
    release.installInto(store, verifier);
  }

  @Test
  void doesNotInstallThroughALinkToElsewhere(@TempDir Path outside) throws IOException {
    Files.createSymbolicLink(root.resolve("assistant"), outside);
    assertRefused(
        StoreException.Reason.NAME_CLASH,
        () -> publisher.release("1.0.0").installInto(store, verifier));
    assertThat(outside).isEmptyDirectory();
  }
}
