package io.edgellm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsentTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final Path directory;
  private final Path file;

  ConsentTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("telemetry").resolve("consent.json");
  }

  private Consent open() {
    return Consent.open(file, InstantSource.fixed(NOON));
  }

  @Test
  void isNoneAtFirstAndCreatesNothing() throws IOException {
    assertThat(open().level()).isEqualTo(ConsentLevel.NONE);
    assertThat(open().record()).isEmpty();
    try (var entries = Files.list(directory)) {
      assertThat(entries).isEmpty();
    }
  }

  @Test
  void isThereAgainAfterARestart() {
    open().grant(ConsentLevel.USAGE);
    assertThat(open().record()).contains(new ConsentRecord(ConsentLevel.USAGE, NOON));
  }

  @Test
  void leavesNothingButTheRecord() throws IOException {
    open().grant(ConsentLevel.METRICS);
    try (var entries = Files.list(file.getParent())) {
      assertThat(entries).containsExactly(file);
    }
    assertThat(file)
        .hasContent("{\"format\":1,\"granted_at\":\"2026-03-01T12:00:00Z\",\"level\":\"metrics\"}");
  }

  @Test
  void replacesAnEarlierRecord() {
    open().grant(ConsentLevel.CONTENT);
    open().grant(ConsentLevel.METRICS);
    assertThat(open().level()).isEqualTo(ConsentLevel.METRICS);
  }

  @Test
  void revokingDeletesTheRecordAndWhatACrashLeft() throws IOException {
    Consent consent = open();
    consent.grant(ConsentLevel.METRICS);
    Files.writeString(file.resolveSibling("consent.json.tmp"), "half");
    consent.revoke();
    assertThat(consent.level()).isEqualTo(ConsentLevel.NONE);
    try (var entries = Files.list(file.getParent())) {
      assertThat(entries).isEmpty();
    }
    assertThat(open().level()).isEqualTo(ConsentLevel.NONE);
  }

  @Test
  void aRecordThatIsCutAnywhereIsNoConsent() throws IOException {
    open().grant(ConsentLevel.METRICS);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(open().level()).as("cut to %d bytes", length).isEqualTo(ConsentLevel.NONE);
    }
  }

  @Test
  void aRecordThatSaysAnythingElseIsNoConsent() throws IOException {
    Files.createDirectories(file.getParent());
    for (String json :
        List.of(
            "{\"format\":2,\"granted_at\":\"2026-03-01T12:00:00Z\",\"level\":\"metrics\"}",
            "{\"format\":1,\"granted_at\":\"yesterday\",\"level\":\"metrics\"}",
            "{\"format\":1,\"granted_at\":\"2026-03-01T12:00:00Z\",\"level\":\"everything\"}",
            "{\"format\":1,\"granted_at\":\"2026-03-01T12:00:00Z\",\"level\":\"METRICS\"}",
            "{\"format\":1,\"granted_at\":\"2026-03-01T12:00:00Z\",\"level\":\"usage\",\"but\":1}",
            "{\"level\":\"none\",\"level\":\"usage\",\"format\":1,\"granted_at\":\"2026-03-01T12:00:00Z\"}",
            "[]",
            " ".repeat(5000))) {
      Files.writeString(file, json);
      assertThat(open().level()).as(json).isEqualTo(ConsentLevel.NONE);
    }
  }

  @Test
  void aDirectoryInPlaceOfTheRecordIsNoConsent() throws IOException {
    Files.createDirectories(file);
    assertThat(open().level()).isEqualTo(ConsentLevel.NONE);
  }

  @Test
  void doesNotApplyWhenItCannotBeKept() throws IOException {
    Files.writeString(file.getParent(), "a file where the directory should be");
    Consent consent = open();
    assertThatThrownBy(() -> consent.grant(ConsentLevel.METRICS))
        .isInstanceOfSatisfying(
            TelemetryException.class,
            e -> assertThat(e.reason()).isEqualTo(TelemetryException.Reason.CONSENT_NOT_WRITTEN));
    assertThat(consent.level()).isEqualTo(ConsentLevel.NONE);
  }

  @Test
  void saysWhenTheRecordCannotBeDeletedAndIsNoneAllTheSame() throws IOException {
    Consent consent = open();
    consent.grant(ConsentLevel.METRICS);
    Files.delete(file);
    Files.createDirectories(file.resolve("in-the-way"));
    assertThatThrownBy(consent::revoke)
        .isInstanceOfSatisfying(
            TelemetryException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(TelemetryException.Reason.CONSENT_NOT_DELETED);
              assertThat(e.subject()).contains(file.toString());
            });
    assertThat(consent.level()).isEqualTo(ConsentLevel.NONE);
  }

  @Test
  void refusesToGrantNothing() {
    Consent consent = open();
    assertThatThrownBy(() -> consent.grant(ConsentLevel.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("revoke()");
  }

  @Test
  void tellsFollowersTheLevelAtOnceAndAfterEveryChange() {
    Consent consent = open();
    List<ConsentLevel> heard = new ArrayList<>();
    Consent.Following following = consent.follow(heard::add);
    consent.grant(ConsentLevel.METRICS);
    consent.revoke();
    following.close();
    consent.grant(ConsentLevel.USAGE);
    assertThat(heard).containsExactly(ConsentLevel.NONE, ConsentLevel.METRICS, ConsentLevel.NONE);
  }

  @Test
  void aHigherLevelAllowsWhatALowerOneDoes() {
    assertThat(ConsentLevel.USAGE.allows(ConsentLevel.METRICS)).isTrue();
    assertThat(ConsentLevel.METRICS.allows(ConsentLevel.USAGE)).isFalse();
    assertThat(ConsentLevel.NONE.allows(ConsentLevel.METRICS)).isFalse();
  }
}
