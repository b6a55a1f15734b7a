package io.edgellm.inference.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is believed if it is exactly what was written, and for exactly its own prefix. */
class SnapshotFileTest {
  private static final ModelKey MODEL = Images.model("model");
  private static final int[] TOKENS = {7, 70_000, 151_935};

  private final Images memory = new Images();
  private final Prefix prefix = new Prefix(MODEL, TOKENS, TOKENS.length);
  private final Path path;
  private byte[] written = new byte[0];

  SnapshotFileTest(@TempDir Path directory) {
    this.path = directory.resolve("snapshot");
  }

  @BeforeEach
  void write() throws IOException {
    byte[] content = Images.content(MODEL, TOKENS, TOKENS.length);
    Image image = new Image(prefix, new ImageAllocator.HeapMemory(ByteBuffer.wrap(content)));
    new SnapshotFile(path).write(image);
    written = Files.readAllBytes(path);
  }

  private Optional<Image> read(Prefix wanted) throws IOException {
    return new SnapshotFile(path).read(wanted, memory);
  }

  private Refusal refusal(Prefix wanted) {
    try {
      read(wanted);
    } catch (RefusedSnapshotException e) {
      assertThat(memory.living()).as("memory that is not free").isZero();
      return e.refusal();
    } catch (IOException e) {
      throw new AssertionError("not refused, but failed", e);
    }
    throw new AssertionError("believed");
  }

  private Refusal refusalOf(byte[] bytes) throws IOException {
    Files.write(path, bytes);
    return refusal(prefix);
  }

  @Test
  void givesBackWhatWasWritten() throws IOException {
    Image image = read(prefix).orElseThrow();
    byte[] content = new byte[image.bytes()];
    image.content().get(content);
    assertThat(content).isEqualTo(Images.content(MODEL, TOKENS, TOKENS.length));
    image.release();
    assertThat(memory.living()).isZero();
  }

  @Test
  void givesBackAnImageOfSeveralPieces() throws IOException {
    byte[] content = new byte[(5 << 19) + 1];
    new Random(42).nextBytes(content);
    Path large = path.resolveSibling("large");
    Image image = new Image(prefix, new ImageAllocator.HeapMemory(ByteBuffer.wrap(content)));
    new SnapshotFile(large).write(image);
    Image read = new SnapshotFile(large).read(prefix, memory).orElseThrow();
    assertThat(read.content()).isEqualTo(ByteBuffer.wrap(content));
    read.release();
  }

  @Test
  void hasTheDocumentedLayout() {
    ByteBuffer bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(new String(written, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("EDGELMPX");
    assertThat(bytes.getInt(8)).isEqualTo(1);
    assertThat(bytes.getInt(12)).isEqualTo(1);
    assertThat(Sha256.of(written, 16)).isEqualTo(MODEL.model());
    assertThat(Sha256.of(written, 48)).isEqualTo(MODEL.layout());
    assertThat(new String(written, 80, 7, StandardCharsets.US_ASCII)).isEqualTo("1.28.0\0");
    assertThat(bytes.getInt(108)).isEqualTo(TOKENS.length);
    assertThat(bytes.getLong(112)).isEqualTo(Images.bytes(TOKENS.length));
    assertThat(bytes.getInt(128 + 4)).isEqualTo(TOKENS[1]);
    assertThat(written).hasSize(128 + 3 * 4 + 3 * Images.BYTES_PER_TOKEN);
  }

  @Test
  void refusesEveryFlippedBit() throws IOException {
    for (int bit = 0; bit < written.length * 8; bit++) {
      byte[] flipped = written.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(refusalOf(flipped)).as("bit %d", bit).isNotNull();
    }
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    for (int length = 0; length < written.length; length++) {
      assertThat(refusalOf(Arrays.copyOf(written, length)))
          .as("length %d", length)
          .isEqualTo(Refusal.TRUNCATED);
    }
  }

  @Test
  void refusesEveryTailOfZeros() throws IOException {
    for (int from = 0; from < written.length; from++) {
      byte[] lost = written.clone();
      Arrays.fill(lost, from, lost.length, (byte) 0);
      if (!Arrays.equals(lost, written)) {
        assertThat(refusalOf(lost)).as("zeros from %d", from).isNotNull();
      }
    }
  }

  @Test
  void refusesWhatGoesOn() throws IOException {
    assertThat(refusalOf(Arrays.copyOf(written, written.length + 1))).isEqualTo(Refusal.TOO_LONG);
  }

  @Test
  void refusesWhatIsSomethingElse() throws IOException {
    assertThat(refusalOf(new byte[1000])).isEqualTo(Refusal.NOT_A_SNAPSHOT);
    byte[] newer = written.clone();
    newer[8] = 2;
    assertThat(refusalOf(newer)).isEqualTo(Refusal.OTHER_VERSION);
  }

  @Test
  void refusesAnImpossibleNumberOfTokensBeforeItTakesMemoryForThem() throws IOException {
    byte[] many = written.clone();
    many[111] = 0x7f;
    assertThat(refusalOf(many)).isEqualTo(Refusal.DAMAGED_HEADER);
    many[111] = (byte) 0x80;
    assertThat(refusalOf(many)).isEqualTo(Refusal.DAMAGED_HEADER);
  }

  @Test
  void refusesWhatBelongsToAnotherModelLayoutRuntimeOrKind() {
    Sha256 model = MODEL.model();
    Sha256 other = Images.model("other").model();
    assertThat(refusalFor(new ModelKey(other, MODEL.layout(), "1.28.0", true)))
        .isEqualTo(Refusal.OTHER_MODEL);
    assertThat(refusalFor(new ModelKey(model, other, "1.28.0", true)))
        .isEqualTo(Refusal.OTHER_LAYOUT);
    assertThat(refusalFor(new ModelKey(model, MODEL.layout(), "1.28.1", true)))
        .isEqualTo(Refusal.OTHER_RUNTIME);
    assertThat(refusalFor(new ModelKey(model, MODEL.layout(), "1.28.0", false)))
        .isEqualTo(Refusal.OTHER_KIND);
  }

  private Refusal refusalFor(ModelKey model) {
    return refusal(new Prefix(model, TOKENS, TOKENS.length));
  }

  @Test
  void refusesOtherTokensUnderTheSameName() {
    assertThat(refusal(new Prefix(MODEL, new int[] {7, 70_000, 151_934}, 3)))
        .isEqualTo(Refusal.OTHER_TOKENS);
    assertThat(refusal(new Prefix(MODEL, TOKENS, 2))).isEqualTo(Refusal.OTHER_TOKENS);
  }

  @Test
  void followsNoLinkAndReadsNoDirectory() throws IOException {
    Path target = path.resolveSibling("target");
    Files.move(path, target);
    Files.createSymbolicLink(path, target);
    assertThat(refusal(prefix)).isEqualTo(Refusal.NOT_A_FILE);
    Files.delete(path);
    Files.createDirectory(path);
    assertThat(refusal(prefix)).isEqualTo(Refusal.NOT_A_FILE);
  }
}
