package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static io.edgellm.release.tuf.TufPlace.ASSISTANT_ROLE;
import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StagedChangeTest {
  private static final long SEED = 20260301;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final TufSigningKey alice = TufSigningKey.generate(TufAlgorithm.ED25519);
  private final TufSigningKey bob = TufSigningKey.generate(TufAlgorithm.ECDSA_P256);
  private final TufSigningKey carol = TufSigningKey.generate(TufAlgorithm.ED25519);
  private TufPlace place;

  /** Two of three people sign for the line. */
  @BeforeEach
  void prepare() {
    place = new TufPlace(directory).created();
    place
        .tuf
        .delegate(ASSISTANT, TufRole.forLine(2, alice.key(), bob.key(), carol.key()))
        .publish(place.targets, alice, bob, place.online);
  }

  private StagedChange stage(String name, String version) {
    return place.tuf.add(place.release(ASSISTANT, version)).stage(name);
  }

  /** What a person does on another machine, with files only. */
  private Path signElsewhere(Path request, TufSigningKey key) throws IOException {
    Path machine = Files.createTempDirectory(directory, "machine");
    Path copy = Files.copy(request, machine.resolve(request.getFileName()));
    Path signature = machine.resolve("signature.json");
    SigningRequest.read(copy).sign(key).save(signature);
    return signature;
  }

  @Test
  void peopleOnTwoMachinesSignWhatIsThenPublished() throws IOException {
    Path request = stage("release-1", "1.0.0").requests().get(0).saveInto(directory);
    assertThat(request).hasFileName("2.models-assistant.to-sign.json");
    Path fromAlice = signElsewhere(request, alice);
    Path fromCarol = signElsewhere(request, carol);

    place.tuf.staged("release-1").add(DetachedSignature.read(fromAlice));
    refused(Reason.THRESHOLD, () -> place.tuf.staged("release-1").publish(place.online));
    assertThat(place.tuf.staged("release-1").requests().get(0).missing())
        .containsExactly(bob.key(), carol.key());
    assertThat(place.versions(ASSISTANT)).isEmpty();

    StagedChange change = place.tuf.staged("release-1");
    change.add(DetachedSignature.read(fromCarol));
    assertThat(change.requests().get(0).missing()).isEmpty();
    change.publish(place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0");
    assertThat(place.tuf.staged()).isEmpty();
  }

  @Test
  void aRequestSaysForWhatItIs() throws IOException {
    Path file = stage("release-1", "1.0.0").requests().get(0).saveInto(directory);
    SigningRequest read = SigningRequest.read(file);
    assertThat(read.role()).isEqualTo(ASSISTANT_ROLE);
    assertThat(read.version()).isEqualTo(2);
    assertThat(read.text()).contains("models/assistant/1.0.0/release.json");
  }

  @Test
  void theFirstRootIsSignedByPeopleApart() throws IOException {
    TufPlace second = place.with(directory.resolve("second"));
    StagedChange change = second.tuf.create(second.plan()).sign(second.targets).stage("create");
    Path request = change.requests().get(0).saveInto(directory);
    change.add(DetachedSignature.read(signElsewhere(request, second.rootA)));
    change.add(DetachedSignature.read(signElsewhere(request, second.rootC)));
    second.tuf.staged("create").publish(second.online);
    assertThat(second.device(1).refresh().root()).isEqualTo(1);
  }

  @Test
  void theDailyRefreshGoesOnWhileAChangeWaits() {
    StagedChange change = stage("release-1", "1.0.0");
    place.tuf.refresh().publish(place.online);
    change.sign(alice, bob);
    change.publish(place.online);
    assertThat(place.versions(ASSISTANT)).containsExactly("1.0.0");
  }

  @Test
  void aChangeOfWhatSomebodyElsePublishedMeanwhileIsRefused() {
    StagedChange change = stage("release-1", "1.0.0");
    change.sign(alice, bob);
    place.tuf.add(place.release(ASSISTANT, "2.0.0")).publish(alice, bob, place.online);
    refused(Reason.OUTDATED, () -> change.publish(place.online));
  }

  @Test
  void aVersionNumberThatWasThrownAwayIsNotUsedAgain() {
    StagedChange change = stage("release-1", "1.0.0");
    change.sign(alice, bob);
    change.discard();
    assertThat(place.tuf.staged()).isEmpty();
    place.tuf.add(place.release(ASSISTANT, "2.0.0")).publish(alice, bob, place.online);
    assertThat(place.tuf.expiries())
        .anySatisfy(
            e -> {
              assertThat(e.role()).isEqualTo(ASSISTANT_ROLE);
              assertThat(e.version()).isEqualTo(3);
            });
  }

  @Test
  void doesNotStageTwoChangesUnderOneName() {
    stage("release", "1.0.0");
    refused(Reason.EXISTS, () -> stage("release", "2.0.0"));
    refused(Reason.MISSING, () -> place.tuf.staged("another"));
    assertThat(place.tuf.staged()).containsExactly("release");
  }

  @Test
  void refusesTheSignatureOfSomebodyElse() {
    StagedChange change = stage("release-1", "1.0.0");
    SigningRequest request = change.requests().get(0);
    assertThat(refused(Reason.BAD_KEY, () -> change.add(request.sign(place.targets))))
        .hasMessageContaining("models-assistant");
    DetachedSignature ofAlice = request.sign(alice);
    refused(
        Reason.BAD_KEY,
        () ->
            change.add(
                new DetachedSignature(ofAlice.message(), bob.key().id(), ofAlice.signature())));
  }

  @Test
  void refusesARequestThatWasChangedOnTheWay() throws IOException {
    Path file = stage("release-1", "1.0.0").requests().get(0).saveInto(directory);
    Files.writeString(file, Files.readString(file).replace("{", "{ "));
    refused(Reason.CHANGED, () -> SigningRequest.read(file));
  }

  @Test
  void randomDamageOfSignatureFilesIsRefused() throws IOException {
    StagedChange change = stage("release-1", "1.0.0");
    Path file = directory.resolve("signature.json");
    change.requests().get(0).sign(alice).save(file);
    byte[] right = Files.readAllBytes(file);
    Random random = new Random(SEED);
    for (int i = 0; i < 1000; i++) {
      Files.write(file, damaged(right, random));
      try {
        DetachedSignature read = DetachedSignature.read(file);
        change.add(read);
        assertThat(read.toJson()).as("round %d, seed %d", i, SEED).isEqualTo(right);
      } catch (ReleaseException e) {
        assertThat(e.reason()).as("round %d, seed %d", i, SEED).isEqualTo(Reason.BAD_KEY);
      }
    }
  }

  @Test
  void randomDamageOfAStagedChangeIsRefused() throws IOException {
    StagedChange change = stage("release-1", "1.0.0");
    change.sign(alice, bob);
    Path file = place.repository.resolve("staged/release-1/change.json");
    byte[] right = Files.readAllBytes(file);
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = damaged(right, random);
      Files.write(file, damaged);
      try {
        place.tuf.staged("release-1").publish();
        fail("published without a timestamp key, round %d, seed %d", i, SEED);
      } catch (ReleaseException e) {
        assertThat(e.getMessage()).as("round %d, seed %d", i, SEED).contains(": ");
      }
    }
    assertThat(place.versions(ASSISTANT)).isEmpty();
  }

  private static byte[] damaged(byte[] right, Random random) {
    byte[] bytes = right.clone();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      bytes[random.nextInt(bytes.length)] =
          (byte)
              (random.nextBoolean() ? random.nextInt(128) : "{}[]\":,0".charAt(random.nextInt(8)));
    }
    return bytes;
  }
}
