package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Pkcs11AddressTest {
  @Test
  void readsAllThatItUnderstands() {
    assertThat(
            Pkcs11Address.parse(
                "pkcs11:slot-id=3;object=the%20key;type=private"
                    + "?module-path=/usr/lib/hsm+1.so&pin-source=file:/run/pin"))
        .isEqualTo(
            new Pkcs11Address(Path.of("/usr/lib/hsm+1.so"), 3L, "the key", Path.of("/run/pin")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/run/pin", "file:/run/pin", "file:///run/pin"})
  void takesThePinFromAFile(String source) {
    assertThat(
            Pkcs11Address.parse("pkcs11:object=key?module-path=/lib.so&pin-source=" + source)
                .pinFile())
        .isEqualTo(Path.of("/run/pin"));
  }

  @Test
  void needsNeitherASlotNorAPin() {
    Pkcs11Address address = Pkcs11Address.parse("pkcs11:object=key?module-path=/usr/lib/hsm.so");
    assertThat(address.slot()).isNull();
    assertThat(address.pin()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key.pem",
        "pkcs11:",
        "pkcs11:object=key",
        "pkcs11:?module-path=/lib.so",
        "pkcs11:object=key;token=other?module-path=/lib.so",
        "pkcs11:object=key;object=other?module-path=/lib.so",
        "pkcs11:object?module-path=/lib.so",
        "pkcs11:object=%zz?module-path=/lib.so",
        "pkcs11:object=key;type=public?module-path=/lib.so",
        "pkcs11:object=key;slot-id=first?module-path=/lib.so",
        "pkcs11:object=key?module-path=/lib.so&pin-source=|ask-pin",
        "pkcs11:object=key?module-path=/lib.so&pin-source=https://pins.example",
        "pkcs11:object=key?module-path=/lib.so&pin-source=file://host/pin",
        "pkcs11:object=key?module-path=/lib.so&module-name=hsm",
      })
  void refusesWhatItDoesNotUnderstand(String text) {
    assertThatThrownBy(() -> Pkcs11Address.parse(text))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.BAD_KEY));
  }

  @Test
  void refusesAPinInTheAddressAndDoesNotRepeatIt() {
    assertThatThrownBy(
            () -> Pkcs11Address.parse("pkcs11:object=key?module-path=/lib.so&pin-value=1234"))
        .hasMessageContaining("'pin-value' is not understood")
        .satisfies(e -> assertThat(((ReleaseException) e).subject()).contains("pkcs11:object=key"))
        .hasMessageNotContaining("1234");
  }
}
