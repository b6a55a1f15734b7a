package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final ModelState STATE =
      new ModelState(
          MODEL,
          41,
          ModelVersion.parse("2.0.0+int8"),
          ModelVersion.parse("1.0.0"),
          ModelVersion.parse("0.1.0"),
          ModelState.Status.TRIAL,
          2,
          Set.of(ModelVersion.parse("0.9.0")),
          7,
          List.of(ModelVersion.parse("0.9.0"), ModelVersion.parse("1.0.0")));

  private final Path root;
  private final StateFile states;

  StateFileTest(@TempDir Path root) throws IOException {
    this.root = root;
    Files.createDirectory(root.resolve("assistant"));
    states = new StateFile(new StoreLayout(root), Disk.local());
  }

  private Path file() {
    return root.resolve("assistant/state.json");
  }

  private Path copy() {
    return root.resolve("assistant/state.bak");
  }

  @Test
  void readsWhatItWrote() throws IOException {
    states.write(STATE);
    assertThat(states.read(MODEL)).isEqualTo(STATE);
  }

  @Test
  void aModelWithoutAFileHasNothingActive() throws IOException {
    assertThat(states.read(MODEL)).isEqualTo(ModelState.none(MODEL));
  }

  @Test
  void aDamagedFileIsReadFromItsCopyAndRestored() throws IOException {
    states.write(STATE);
    Files.writeString(file(), "{\"status\":");
    assertThat(states.read(MODEL)).isEqualTo(STATE);
    try (ModelStore store = ModelStore.open(root, StoreOptions.defaults())) {
      assertThat(file()).hasSameBinaryContentAs(copy());
      assertThat(store.state(MODEL)).isEqualTo(STATE);
      assertThat(store.care().quarantined())
          .singleElement()
          .satisfies(
              damaged -> {
                assertThat(damaged.from()).isEqualTo("assistant/state.json");
                assertThat(damaged.content()).hasContent("{\"status\":");
              });
    }
  }

  @Test
  void readsARecordOfBeforeThereWereFactoryVersions() throws IOException {
    byte[] before =
        ("{\"attempts\":0,\"crc32c\":\"481fd078\",\"current\":\"1.0.0\",\"generation\":3,"
                + "\"model\":\"assistant\",\"pins\":[],\"rollbackFloor\":2,"
                + "\"schema\":\"edgellm.state/v1\",\"status\":\"healthy\"}")
            .getBytes(UTF_8);
    ModelState state = StateCodec.read(MODEL, before).orElseThrow();
    assertThat(state.current()).hasToString("1.0.0");
    assertThat(state.factory()).isNull();
    assertThat(state.proven()).isEmpty();
    assertThat(StateCodec.write(state)).isEqualTo(before);
  }

  @Test
  void twoDamagedFilesAreAnErrorThatSaysWhatToDo() throws IOException {
    states.write(STATE);
    Files.writeString(file(), "");
    Files.writeString(copy(), "");
    assertThatThrownBy(() -> states.read(MODEL))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CORRUPT_STATE))
        .hasMessageContaining("Delete both files");
  }

  @Test
  void openingReportsADamagedStateAndServesTheOthers() throws IOException {
    Files.writeString(file(), "");
    try (ModelStore store = ModelStore.open(root, StoreOptions.defaults())) {
      assertThat(store.recovery().problems()).singleElement().asString().contains("assistant");
      assertThat(store.state(new ModelId("other")).status()).isEqualTo(ModelState.Status.NONE);
    }
  }

  @Test
  void aStateOfAnotherModelIsRefused() throws IOException {
    assertThat(StateCodec.read(new ModelId("other"), StateCodec.write(STATE))).isEmpty();
  }

  @Test
  void noChangedByteGoesUnnoticed() {
    long seed = 20260101;
    Random random = new Random(seed);
    byte[] good = StateCodec.write(STATE);
    for (int round = 0; round < 2000; round++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Optional<ModelState> read = StateCodec.read(MODEL, bad);
      assertThat(read).as("seed %d, round %d, byte %d", seed, round, at).isEmpty();
    }
  }

  @Test
  void refusesAStoreOfAnotherFormatAndChangesNothing() throws IOException {
    Files.createDirectory(root.resolve(".edgellm"));
    Files.writeString(root.resolve(".edgellm/format"), "edgellm-store/2\n");
    assertThatThrownBy(() -> ModelStore.open(root, StoreOptions.defaults()))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNSUPPORTED_FORMAT));
    assertThat(root.resolve(".edgellm/locks")).doesNotExist();
  }
}
