package io.edgellm.trust.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeylessIdentityTest {
  private static final String ISSUER = "https://accounts.test";

  @Test
  void comparesWithoutAPatternAsItIs() {
    KeylessIdentity alice = new KeylessIdentity(ISSUER, "alice@models.test");

    assertThat(alice.matches(ISSUER, "alice@models.test")).isTrue();
    assertThat(alice.matches(ISSUER, "Alice@models.test")).isFalse();
    assertThat(alice.matches(ISSUER, "alice@models.test.evil")).isFalse();
    assertThat(alice.matches(ISSUER + "/", "alice@models.test")).isFalse();
  }

  @Test
  void aStarStandsForAnyEnd() {
    KeylessIdentity acme = new KeylessIdentity(ISSUER, "https://forge.test/acme/*");

    assertThat(acme.matchesSubject("https://forge.test/acme/models")).isTrue();
    assertThat(acme.matchesSubject("https://forge.test/acme-evil/models")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "",
        " ",
        "alice*",
        "*@models.test",
        "https://*",
        "https://forge.test*",
        "https://forge.test/*",
        "http://forge.test/acme/*",
        "https:///acme/*",
        "https://forge.test/*/models",
        "https://forge.test/acme/**"
      })
  void refusesAPatternThatIsTooWide(String subject) {
    assertThatThrownBy(() -> new KeylessIdentity(ISSUER, subject))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesToTrustEveryProvider() {
    assertThatThrownBy(() -> new KeylessIdentity("", "alice@models.test"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
