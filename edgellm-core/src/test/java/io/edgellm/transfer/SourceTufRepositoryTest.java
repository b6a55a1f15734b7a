package io.edgellm.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.transfer.FaultyServer.Fault;
import io.edgellm.trust.tuf.TufRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SourceTufRepositoryTest {
  private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path dir;

  private static TufRepository at(FaultyServer server) {
    return new SourceTufRepository(
        new HttpArtifactSource(server.uri(), CLIENT, Duration.ofSeconds(1)));
  }

  private TufRepository inDirectory() {
    return new SourceTufRepository(new DirectoryArtifactSource(dir));
  }

  private static byte[] all(InputStream stream) throws IOException {
    try (stream) {
      return stream.readAllBytes();
    }
  }

  private void write(String path) throws IOException {
    Files.createDirectories(dir.resolve(path).resolveSibling(""));
    Files.write(dir.resolve(path), CONTENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3.root.json",
        "timestamp.json",
        "1.a%2Fb.json",
        "1.a%25b.json",
        "1.a%20b.json",
        "1...%2Frole.json",
        "..%2Frole.json",
        "1.%3F.json",
        "1.%23.json",
        "1.%C3%A4~x.json"
      })
  void anAddressHasTheNameOfMetadataAsItIs(String fileName) throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT)) {
      assertThat(all(at(server).metadata(fileName))).isEqualTo(CONTENT);
      assertThat(server.paths()).containsExactly("/metadata/" + fileName);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3.root.json, 3.root.json",
    "1.a%2Fb.json, 1.a/b.json",
    "1.a%25b.json, 1.a%b.json",
    "1.a%252Fb.json, 1.a%2Fb.json",
    "1.a%20b.json, 1.a b.json",
    "1.a+b.json, 1.a+b.json",
    "1...%2Frole.json, 1.../role.json"
  })
  void aDirectoryHasTheFileThatAServerOfThisDirectoryWouldSend(String fileName, String file)
      throws IOException {
    write("metadata/" + file);

    assertThat(all(inDirectory().metadata(fileName))).isEqualTo(CONTENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..%2Fsecret.json",
        "..%5Csecret.json",
        "1.a%2F..%2F..%2Fsecret.json",
        "1.%00.json",
        "%2Fsecret.json"
      })
  void noNameOfARoleLeavesTheDirectory(String fileName) throws IOException {
    write("secret.json");
    write("metadata/1.a/secret.json");

    assertThatThrownBy(() -> inDirectory().metadata(fileName))
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "a/../../secret", "/secret", "a//secret", "", ".", "..\\x"})
  void noNameOfATargetLeavesTheDirectory(String path) throws IOException {
    write("secret");
    write("targets/a/secret");

    assertThatThrownBy(() -> inDirectory().target(path, 0)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void targetsAreEncodedForAnAddressAndContinued() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT)) {
      TufRepository.Content rest = at(server).target("a b/100%/c?#\u00e4", 7);

      assertThat(rest.fromByte()).isEqualTo(7);
      assertThat(all(rest.stream())).asString(UTF_8).isEqualTo("789");
      assertThat(server.paths()).containsExactly("/targets/a%20b/100%25/c%3F%23%C3%A4");
    }
  }

  @Test
  void targetsOfADirectoryAreContinued() throws IOException {
    write("targets/models/a b/100%");

    TufRepository.Content rest = inDirectory().target("models/a b/100%", 7);

    assertThat(rest.fromByte()).isEqualTo(7);
    assertThat(all(rest.stream())).asString(UTF_8).isEqualTo("789");
  }

  @Test
  void aServerWithoutRangesBeginsAtTheBeginning() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT, Fault.NO_RANGES)) {
      TufRepository.Content whole = at(server).target("a", 7);

      assertThat(whole.fromByte()).isZero();
      assertThat(all(whole.stream())).isEqualTo(CONTENT);
    }
  }

  @Test
  void whatIsNotThereIsNoSuchFile() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT, Fault.NOT_FOUND)) {
      assertThatThrownBy(() -> at(server).metadata("2.root.json"))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("2.root.json")
          .hasCauseInstanceOf(TransferException.class);
    }
    assertThatThrownBy(() -> inDirectory().metadata("2.root.json"))
        .isInstanceOf(NoSuchFileException.class)
        .hasCauseInstanceOf(TransferException.class);
  }

  @Test
  void aServerThatHidesWhatItDoesNotHaveDoesNotHaveIt() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT, Fault.FORBIDDEN)) {
      assertThatThrownBy(() -> at(server).metadata("2.root.json"))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining("does not exist, or may not be read")
          .hasCauseInstanceOf(TransferException.class);
    }
  }

  @Test
  void aServerThatRefusesIsNotOneWithoutTheFile() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT, Fault.UNAVAILABLE)) {
      IOException refused =
          catchThrowableOfType(IOException.class, () -> at(server).metadata("2.root.json"));

      assertThat(refused)
          .isNotInstanceOf(NoSuchFileException.class)
          .hasCauseInstanceOf(TransferException.class);
    }
  }

  @Test
  void aReadThatNeverReturnsIsEndedByTheSource() throws IOException {
    try (FaultyServer server = new FaultyServer(CONTENT, Fault.STALL, Fault.SILENT)) {
      InputStream stalls = at(server).metadata("timestamp.json");
      assertThatThrownBy(() -> all(stalls))
          .isInstanceOf(IOException.class)
          .hasCauseInstanceOf(TransferException.class);
      assertThatThrownBy(() -> at(server).metadata("timestamp.json"))
          .isInstanceOf(IOException.class)
          .hasCauseInstanceOf(TransferException.class);
    }
  }
}
