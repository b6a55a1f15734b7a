package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository that wears a client down: with data that does not end, or that hardly comes. */
class TufExhaustionTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  private TufClient clientOf(TufRepository offered) {
    return new TufClient(
        repository.file("1.root.json"),
        offered,
        TufStore.at(dir),
        TufLimits.defaults(),
        repository);
  }

  /** Answers without an end. */
  @Nested
  class EndlessData {
    @Test
    void stopsReadingEndlessMetadata() {
      for (String file : new String[] {"2.root.json", "timestamp.json", "1.snapshot.json"}) {
        EndlessFile endless = new EndlessFile(repository, file);
        TufClient client =
            new TufClient(
                repository.file("1.root.json"),
                endless,
                TufStore.at(dir),
                TufLimits.defaults(),
                repository);

        assertRefused(TufException.Reason.LIMIT_EXCEEDED, client::refresh);
        assertThat(endless.served).as(file).isLessThan(3 << 20);
      }
    }

    @Test
    void stopsReadingAnEndlessTargetAtItsLength() {
      repository.addTarget("targets", "model", "genuine");
      repository.publishAll();
      EndlessFile endless = new EndlessFile(repository, "model");
      TufClient client = clientOf(endless);
      client.refresh();

      assertRefused(
          TufException.Reason.MISMATCH,
          () -> client.download(client.findTarget("model").orElseThrow(), dir.resolve("here")));
      assertThat(endless.served).isLessThan(1 << 20);
      assertThat(dir.resolve("here.part")).doesNotExist();
    }

    @Test
    void stopsReadingAnEndlessDelegatedRole() {
      repository.delegate("targets", "team", false, "*");
      repository.publishAll();
      EndlessFile endless = new EndlessFile(repository, "1.team.json");
      TufClient client = clientOf(endless);
      client.refresh();

      assertRefused(TufException.Reason.LIMIT_EXCEEDED, () -> client.findTarget("model"));
      assertThat(endless.served).isLessThan(6 << 20);
    }

    @Test
    void stopsAfterAsManyRootsAsAllowed() {
      for (int i = 0; i < 300; i++) {
        repository.publish("root");
      }

      assertThat(repository.client(dir).refresh().root()).isEqualTo(257);
    }
  }

  /** Answers that take for ever. */
  @Nested
  class SlowRetrieval {
    @Test
    void stopsReadingMetadataThatComesTooSlowly() {
      repository.step = Duration.ofSeconds(40);

      assertRefused(
          TufException.Reason.TOO_SLOW,
          () ->
              new TufClient(
                      repository.file("1.root.json"),
                      new EndlessFile(repository, "timestamp.json"),
                      TufStore.at(dir),
                      TufLimits.defaults(),
                      repository)
                  .refresh());
    }

    @Test
    void stopsReadingATargetThatComesTooSlowlyAndKeepsWhatCame() throws IOException {
      repository.addTarget("targets", "model", "genuine".repeat(100_000));
      repository.publishAll();
      TufClient client = repository.client(dir);
      client.refresh();
      TufTarget target = client.findTarget("model").orElseThrow();
      // Each look at the clock is half an hour later: 64 KiB in that time are too little.
      repository.step = Duration.ofMinutes(30);

      assertRefused(
          TufException.Reason.TOO_SLOW, () -> client.download(target, dir.resolve("here")));
      assertThat(Files.size(dir.resolve("here.part"))).isPositive();
      repository.step = Duration.ZERO;
      client.download(target, dir.resolve("here"));
      assertThat(target.matches(Files.readAllBytes(dir.resolve("here")))).isTrue();
    }
  }

  /** One file that does not end, and all others as they are. */
  private static final class EndlessFile implements TufRepository {
    private final TufRepository repository;
    private final String file;
    private long served;

    EndlessFile(TufRepository repository, String file) {
      this.repository = repository;
      this.file = file;
    }

    @Override
    public InputStream metadata(String fileName) throws IOException {
      if (!fileName.equals(file)) {
        return repository.metadata(fileName);
      }
      return endless();
    }

    private InputStream endless() {
      return new InputStream() {
        @Override
        public int read() {
          served++;
          return ' ';
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          served += length;
          Arrays.fill(bytes, offset, offset + length, (byte) ' ');
          return length;
        }
      };
    }

    @Override
    public Content target(String path, long fromByte) throws IOException {
      Content genuine = repository.target(path, fromByte);
      return path.endsWith(file) ? new Content(endless(), fromByte) : genuine;
    }
  }
}
