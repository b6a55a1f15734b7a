package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetDownloadTest {
  private static final String PATH = "models/a/release.json";

  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();
  private Path file = Path.of("");
  private Path partial = Path.of("");
  private String stored = "";

  @BeforeEach
  void publishATarget() {
    file = dir.resolve("here");
    partial = dir.resolve("here.part");
    repository.addTarget("targets", PATH, "the content");
    repository.publishAll();
    stored =
        repository.targets.keySet().stream().filter(p -> !p.equals(PATH)).findFirst().orElseThrow();
  }

  private void download() {
    download(repository);
  }

  private void download(TufRepository from) {
    TufClient client =
        new TufClient(
            repository.file("1.root.json"),
            from,
            TufStore.at(dir.resolve("tuf")),
            TufLimits.defaults(),
            repository);
    client.refresh();
    repository.requests.clear();
    client.download(client.findTarget(PATH).orElseThrow(), file);
  }

  @Test
  void fetchesTheFileWithItsHashInTheName() {
    download();

    assertThat(file).hasContent("the content");
    assertThat(partial).doesNotExist();
    assertThat(repository.requests).containsExactly(stored + "@0");
    assertThat(stored).matches("models/a/[0-9a-f]{64}\\.release\\.json");
  }

  @Test
  void fetchesThePlainNameIfSnapshotsAreNotConsistent() {
    repository.signed("root").put("consistent_snapshot", false);
    repository.publish("root");

    download();

    assertThat(repository.requests).containsExactly(PATH + "@0");
  }

  @Test
  void doesNotFetchWhatIsThereAlready() {
    download();
    download();

    assertThat(repository.requests).isEmpty();
  }

  @Test
  void replacesAFileWithOtherBytes() throws IOException {
    Files.writeString(file, "THE CONTENT");

    download();

    assertThat(file).hasContent("the content");
  }

  @Test
  void asksOnlyForWhatIsMissing() throws IOException {
    Files.writeString(partial, "the c");

    download();

    assertThat(repository.requests).containsExactly(stored + "@5");
    assertThat(file).hasContent("the content");
  }

  @Test
  void beginsAgainIfTheRepositoryHasNoRanges() throws IOException {
    Files.writeString(partial, "the c");
    repository.ranges = false;

    download();

    assertThat(file).hasContent("the content");
  }

  @Test
  void beginsAgainIfWhatWasKeptIsWrong() throws IOException {
    Files.writeString(partial, "THE C");

    download();

    assertThat(repository.requests).containsExactly(stored + "@5", stored + "@0");
    assertThat(file).hasContent("the content");
  }

  @Test
  void beginsAgainIfMoreWasKeptThanThereIs() throws IOException {
    Files.writeString(partial, "the content and more");

    download();

    assertThat(file).hasContent("the content");
  }

  @Test
  void takesACompletePartialFileWithoutAsking() throws IOException {
    Files.writeString(partial, "the content");

    download();

    assertThat(repository.requests).isEmpty();
    assertThat(file).hasContent("the content");
  }

  @Test
  void refusesOtherBytesAndLeavesTheFileAsItWas() throws IOException {
    Files.writeString(file, "before");
    repository.targets.put(stored, "THE CONTENT".getBytes(StandardCharsets.UTF_8));

    assertRefused(TufException.Reason.MISMATCH, this::download);
    assertThat(file).hasContent("before");
    assertThat(partial).doesNotExist();
  }

  @Test
  void refusesMoreBytesThanSigned() {
    repository.targets.put(stored, "the content!".getBytes(StandardCharsets.UTF_8));

    assertRefused(TufException.Reason.MISMATCH, this::download);
    assertThat(partial).doesNotExist();
  }

  @Test
  void keepsWhatArrivedWhenTheRepositoryStops() {
    byte[] all = repository.targets.get(stored);
    repository.targets.put(stored, Arrays.copyOf(all, 4));
    assertRefused(TufException.Reason.UNAVAILABLE, this::download);
    assertThat(partial).hasContent("the ");

    repository.targets.put(stored, all);
    download();

    assertThat(repository.requests).containsExactly(stored + "@4");
  }

  @Test
  void saysThatATargetIsNotThere() {
    repository.targets.remove(stored);

    assertRefused(TufException.Reason.NOT_FOUND, this::download);
  }

  @Test
  void saysThatItCannotWrite() {
    file = dir.resolve("no such directory/here");

    assertRefused(TufException.Reason.IO, this::download);
  }

  @Test
  void endsADownloadThatDripsAndKeepsWhatArrived() {
    TufRepository dripping =
        served(
            new ByteArrayInputStream(repository.targets.get(stored)) {
              @Override
              public synchronized int read(byte[] bytes, int offset, int length) {
                repository.now = repository.now.plus(Duration.ofSeconds(31));
                return super.read(bytes, offset, 1);
              }
            });

    assertRefused(TufException.Reason.TOO_SLOW, () -> download(dripping));
    assertThat(partial).hasContent("t");
  }

  @Test
  void streamsATargetLongerThanAnIntegerUntilItsEnd() {
    long length = (1L << 31) + 1;
    ObjectNode target = (ObjectNode) repository.signed("targets").get("targets").get(PATH);
    target.put("length", length);
    repository.publishAll();

    TufException refused = assertRefused(TufException.Reason.UNAVAILABLE, this::download);
    assertThat(refused).hasMessageContaining("11 of " + length + " bytes");
  }

  @Test
  void checksEveryHashThatItKnows() throws Exception {
    ObjectNode target = (ObjectNode) repository.signed("targets").get("targets").get(PATH);
    byte[] sha512 = MessageDigest.getInstance("SHA-512").digest(repository.targets.get(stored));
    ObjectNode hashes = target.withObject("hashes");
    hashes.put("sha512", HexFormat.of().formatHex(sha512)).put("blake3", "whatever");
    repository.publishAll();
    download();
    Files.delete(file);

    hashes.put("sha512", "0".repeat(128));
    repository.publishAll();

    assertRefused(TufException.Reason.MISMATCH, this::download);
  }

  @Test
  void refusesATargetWithoutAHashThatItKnows() {
    ObjectNode target = (ObjectNode) repository.signed("targets").get("targets").get(PATH);
    target.putObject("hashes").put("blake3", "00");
    repository.publishAll();

    assertRefused(TufException.Reason.MALFORMED, this::download);
  }

  @Test
  void refusesAHashThatIsAPath() {
    ObjectNode target = (ObjectNode) repository.signed("targets").get("targets").get(PATH);
    target.putObject("hashes").put("sha256", "../../../etc/passwd");
    repository.publishAll();

    assertRefused(TufException.Reason.MALFORMED, this::download);
  }

  private TufRepository served(InputStream content) {
    return new TufRepository() {
      @Override
      public InputStream metadata(String fileName) throws IOException {
        return repository.metadata(fileName);
      }

      @Override
      public Content target(String path, long fromByte) {
        return new Content(content, 0);
      }
    };
  }
}
