package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static io.edgellm.release.tuf.TufPlace.ASSISTANT_ROLE;
import static io.edgellm.release.tuf.TufPlace.TRANSLATOR;
import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelId;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would be refused at publication is refused before anything is written. */
final class TufRehearsalTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private TufPlace place;
  private SignedRelease release;
  private DiskTree before;

  @BeforeEach
  void prepare() throws IOException {
    TufPlace other = new TufPlace(directory.resolve("elsewhere"));
    Files.createDirectories(other.directory);
    release = other.release(ASSISTANT, "1.0.0");
    place = new TufPlace(directory).withLine();
    before = place.tree();
  }

  private ReleaseException refusedBeforehand(Reason reason, TufSigner... signers)
      throws IOException {
    ReleaseException e = refused(reason, () -> place.tuf.rehearse(List.of(release), signers));
    assertThat(place.tree()).isEqualTo(before);
    return e;
  }

  @Test
  void writesNothingIfAllIsWell() throws IOException {
    place.tuf.rehearse(List.of(release), place.line, place.online);
    assertThat(place.tree()).isEqualTo(before);
  }

  @Test
  void namesTheKeyThatMayNotSignForTheLine() throws IOException {
    TufSigningKey stranger = TufSigningKey.generate(TufAlgorithm.ED25519);
    assertThat(refusedBeforehand(Reason.BAD_KEY, stranger, place.online))
        .hasMessageContaining(stranger.key().toString())
        .hasMessageContaining(ASSISTANT_ROLE);
  }

  @Test
  void namesTheKeysThatMustStillSign() throws IOException {
    TufSigningKey second = TufSigningKey.generate(TufAlgorithm.ED25519);
    place
        .tuf
        .rekey(Map.of(ASSISTANT_ROLE, TufRole.forLine(2, place.line.key(), second.key())))
        .publish(place.targets, place.line, second, place.online);
    before = place.tree();
    assertThat(refusedBeforehand(Reason.THRESHOLD, place.line, place.online))
        .hasMessageContaining(second.key().toString());
    assertThat(refusedBeforehand(Reason.THRESHOLD, place.line, second))
        .hasMessageContaining("snapshot");
  }

  @Test
  void namesTheRoleThatHasExpiredAndWhoRenewsIt() throws IOException {
    place.pass(Duration.ofDays(91));
    ReleaseException e = refusedBeforehand(Reason.EXPIRED, place.line, place.online);
    assertThat(e.subject()).contains("targets");
    assertThat(e)
        .hasMessageContaining("renew it first")
        .hasMessageContaining(place.targets.key().toString());
  }

  @Test
  void namesTheLineThatNobodySignsFor() throws IOException {
    release = new TufPlace(directory.resolve("elsewhere")).release(TRANSLATOR, "1.0.0");
    assertThat(refusedBeforehand(Reason.MISSING, place.line, place.online))
        .hasMessageContaining("models-translator");
  }

  @Test
  void namesTheKeyThatMayNotLetOthersSignForANewLine() throws IOException {
    release = new TufPlace(directory.resolve("elsewhere")).release(TRANSLATOR, "1.0.0");
    TufSigningKey stranger = TufSigningKey.generate(TufAlgorithm.ED25519);
    Map<ModelId, TufRole> lines = Map.of(TRANSLATOR, TufRole.forLine(1, place.line.key()));
    refused(
        Reason.BAD_KEY,
        () -> place.tuf.rehearse(lines, List.of(release), stranger, place.line, place.online));
    refused(
        Reason.BAD_KEY,
        () -> place.tuf.rehearse(lines, List.of(release), place.targets, place.line, stranger));
    place.tuf.rehearse(lines, List.of(release), place.targets, place.line, place.online);
    assertThat(place.tree()).isEqualTo(before);
  }

  @Test
  void rehearsesANewRepositoryWithItsFirstRelease() throws IOException {
    TufPlace second = place.with(Files.createDirectories(directory.resolve("second")));
    before = second.tree();
    TufSigningKey stranger = TufSigningKey.generate(TufAlgorithm.ED25519);
    Map<ModelId, TufRole> lines = Map.of(ASSISTANT, TufRole.forLine(1, second.line.key()));
    TufSigner[] right = {second.rootA, second.rootB, second.targets, second.line, second.online};
    TufSigner[] wrong = {second.rootA, second.rootB, second.targets, second.line, stranger};
    refused(
        Reason.BAD_KEY, () -> second.tuf.rehearse(second.plan(), lines, List.of(release), wrong));
    second.tuf.rehearse(second.plan(), lines, List.of(release), right);
    assertThat(second.tree()).isEqualTo(before);
  }

  @Test
  void refusesAVersionThatIsThereWithOtherBytes() throws IOException {
    place.tuf.add(place.release(ASSISTANT, "1.0.0", "other")).publish(place.line, place.online);
    before = place.tree();
    refusedBeforehand(Reason.EXISTS, place.line, place.online);
  }
}
