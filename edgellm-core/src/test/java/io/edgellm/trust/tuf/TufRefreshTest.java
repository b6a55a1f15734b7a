package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TufRefreshTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  @Test
  void fetchesRootTimestampSnapshotAndTargetsInThisOrder() {
    TufVersions versions = repository.client(dir).refresh();

    assertThat(repository.requests)
        .containsExactly("2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json");
    assertThat(versions)
        .isEqualTo(
            new TufVersions(
                1,
                1,
                1,
                1,
                TestRepository.NOW,
                Instant.parse(TestRepository.EXPIRES),
                Optional.empty()));
    assertThat(versions.expired()).isEmpty();
  }

  @Test
  void tellsWhenTheTimestampWasSigned() {
    repository.signed("timestamp").put("x-edgellm-signed-at", "2030-05-31T23:59:59Z");
    repository.publish("timestamp");

    assertThat(repository.client(dir).refresh().signedAt())
        .contains(Instant.parse("2030-05-31T23:59:59Z"));
  }

  @Test
  void takesATimeOfSigningThatIsNoneForAbsent() {
    for (JsonNode malformed :
        List.of(
            TextNode.valueOf("yesterday"),
            TextNode.valueOf("2030-05-31T23:59:59+02:00"),
            TextNode.valueOf("2030-05-31T23:59:59.5Z"),
            TextNode.valueOf("2030-13-31T23:59:59Z"),
            IntNode.valueOf(1906588799),
            NullNode.instance,
            JsonNodeFactory.instance.objectNode())) {
      repository.signed("timestamp").set("x-edgellm-signed-at", malformed);
      repository.publish("timestamp");

      assertThat(repository.client(dir).refresh().signedAt()).as(malformed.toString()).isEmpty();
    }
  }

  @Test
  void fetchesOnlyTheTimestampWhileNothingIsNew() {
    repository.client(dir).refresh();
    repository.requests.clear();

    repository.client(dir).refresh();

    assertThat(repository.requests).containsExactly("2.root.json", "timestamp.json");
  }

  @Test
  void keepsTheBytesAsTheyWereSent() throws IOException {
    byte[] raw =
        new String(repository.file("timestamp.json"), StandardCharsets.UTF_8)
            .concat(" \n")
            .getBytes(StandardCharsets.UTF_8);
    repository.metadata.put("timestamp.json", raw);

    repository.client(dir).refresh();

    assertThat(Files.readAllBytes(dir.resolve("timestamp.json"))).isEqualTo(raw);
  }

  @Test
  void fetchesNamesWithoutVersionsIfSnapshotsAreNotConsistent() {
    repository.signed("root").put("consistent_snapshot", false);
    repository.publish("root");

    repository.client(dir).refresh();

    assertThat(repository.requests).endsWith("timestamp.json", "snapshot.json", "targets.json");
  }

  @Test
  void acceptsListedHashesAndLengths() {
    repository.listsHashes = true;
    repository.publishAll();

    assertThat(repository.client(dir).refresh().targets()).isEqualTo(2);
  }

  @Test
  void ignoresUnknownFieldsAndVerifiesThem() {
    repository.signed("root").put("custom", "\u0001\n\ud83d\ude00").putObject("more").put("a", 1);
    repository.rootRole("snapshot").put("custom", true);
    repository.publish("root");

    assertThat(repository.client(dir).refresh().root()).isEqualTo(2);
  }

  @Test
  void followsAnExpiredRootToItsSuccessor() {
    repository.signed("root").put("expires", "2030-05-01T00:00:00Z");
    repository.publish("root");
    repository.signed("root").put("expires", TestRepository.EXPIRES);
    repository.publish("root");

    assertThat(repository.client(dir).refresh().root()).isEqualTo(3);
  }

  @Test
  void keepsAnExpiredRootAndGoesNoFurther() throws IOException {
    repository.signed("root").put("expires", "2030-05-01T00:00:00Z");
    repository.publish("root");

    assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
    assertThat(Files.readAllBytes(dir.resolve("root.json")))
        .isEqualTo(repository.file("2.root.json"));
    assertThat(dir.resolve("timestamp.json")).doesNotExist();
  }

  @Test
  void countsWhatExpiresAtThisSecondAsExpired() {
    repository.now = Instant.parse(TestRepository.EXPIRES);

    assertRefused(TufException.Reason.EXPIRED, repository.client(dir)::refresh);
  }

  @Test
  void comparesAllExpiriesWithTheTimeAtWhichTheUpdateBegan() {
    repository.addTarget("targets", "a", "a");
    repository.publishAll();
    TufClient client = repository.client(dir);
    client.refresh();
    repository.now = Instant.parse("2031-01-01T00:00:00Z");

    assertThat(client.findTarget("a")).isPresent();
  }

  @Test
  void goesOnFromTheLastRootAfterAsManyRotationsAsAllowed() {
    for (int i = 0; i < 5; i++) {
      repository.publish("root");
    }
    TufLimits d = TufLimits.defaults();
    TufLimits two =
        new TufLimits(
            d.rootBytes(),
            d.timestampBytes(),
            d.snapshotBytes(),
            d.targetsBytes(),
            2,
            32,
            d.metadataDeadline(),
            1024,
            d.patience());

    assertThat(repository.client(dir, two).refresh().root()).isEqualTo(3);
    assertThat(repository.client(dir, two).refresh().root()).isEqualTo(5);
    assertThat(repository.client(dir, two).refresh().root()).isEqualTo(6);
  }

  @Test
  void keepsTheTimestampWhenTheSnapshotIsMissing() {
    repository.client(dir).refresh();
    repository.publish("snapshot", "timestamp");
    repository.metadata.remove("2.snapshot.json");

    assertRefused(TufException.Reason.NOT_FOUND, repository.client(dir)::refresh);
    assertThat(TufStore.at(dir).metadata("timestamp", 1 << 20))
        .hasValueSatisfying(raw -> assertThat(raw).isEqualTo(repository.file("2.timestamp.json")));
  }

  @Test
  void recoversAfterAFailedRefresh() {
    TufClient client = repository.client(dir);
    byte[] timestamp = repository.metadata.remove("timestamp.json");
    assertRefused(TufException.Reason.NOT_FOUND, client::refresh);
    assertThatThrownBy(() -> client.findTarget("a")).isInstanceOf(IllegalStateException.class);

    repository.metadata.put("timestamp.json", timestamp);

    assertThat(client.refresh().timestamp()).isEqualTo(1);
  }

  @Test
  void refusesMetadataOfAnotherType() {
    repository.signed("timestamp").put("_type", "snapshot");
    repository.publish("timestamp");

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void refusesAnotherMajorVersionOfTheSpecification() {
    repository.signed("timestamp").put("spec_version", "2.0.0");
    repository.publish("timestamp");

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void refusesATimeWithAnOffset() {
    repository.signed("timestamp").put("expires", "2031-01-01T00:00:00+01:00");
    repository.publish("timestamp");

    assertRefused(TufException.Reason.MALFORMED, repository.client(dir)::refresh);
  }

  @Test
  void saysThatTheRepositoryCannotBeReached() {
    TufRepository offline =
        new TufRepository() {
          @Override
          public InputStream metadata(String fileName) throws IOException {
            throw new IOException("no route");
          }

          @Override
          public Content target(String path, long fromByte) throws IOException {
            throw new IOException("no route");
          }
        };
    TufClient client =
        new TufClient(
            repository.file("1.root.json"),
            offline,
            TufStore.at(dir),
            TufLimits.defaults(),
            repository);

    assertRefused(TufException.Reason.UNAVAILABLE, client::refresh);
  }
}
