package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import io.edgellm.trust.time.TrustedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class VerificationReceiptTest {
  private static final Instant FLOOR = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2030-06-01T12:00:00.123456789Z");

  static List<Admission> admissions() {
    List<Admission> all = new ArrayList<>();
    all.add(new Admission.SignatureAlone());
    all.add(new Admission.Current(1, 2, 3, 4, NOW, NOW.plusSeconds(5), Duration.ZERO));
    all.add(
        new Admission.Current(
            Long.MAX_VALUE, 2, 3, 4, NOW, NOW.minusSeconds(5), Duration.ofSeconds(5)));
    for (TrustException.Reason reason : TrustException.Reason.values()) {
      all.add(
          new Admission.Refused(
              reason, "A sentence with \"quotes\",\nlines and \u00e9\ud83d\ude00."));
    }
    return all;
  }

  static List<VerificationReceipt> receipts() {
    List<VerificationReceipt> all = new ArrayList<>();
    for (Admission admission : admissions()) {
      for (TrustedTime.Source source : TrustedTime.Source.values()) {
        all.add(
            new VerificationReceipt(
                "assistant 1.2.0",
                "oms/key",
                "release-team",
                "key 12",
                Sha256.of(new byte[1]),
                Sha256.of(new byte[2]),
                new TrustedTime(NOW, FLOOR, source),
                admission,
                List.of("Signature: one.", "Files: two.")));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("receipts")
  void comesBackFromItsJsonWithEveryAdmissionAndClock(VerificationReceipt receipt) {
    assertThat(VerificationReceipt.fromJson(receipt.toJson())).isEqualTo(receipt);
    assertThat(receipt.describe())
        .contains(receipt.admission().describe())
        .contains("release-team (key 12)");
  }
}
