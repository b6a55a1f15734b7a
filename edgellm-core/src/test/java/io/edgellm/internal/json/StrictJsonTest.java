package io.edgellm.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StrictJsonTest {
  private static byte[] with(String number) {
    return ("{\"a\":[{\"b\":" + number + "}]}").getBytes(UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e1001", "1e-1001", "1e999999999", "1e-2147483648", "1e99999999999"})
  void refusesAnExponentThatFillsTheMemoryOnceItIsWrittenOut(String number) {
    assertThatThrownBy(() -> StrictJson.parse(with(number)))
        .isInstanceOf(JsonFault.class)
        .hasMessageContaining("exponent");
  }

  @Test
  void refusesADocumentWhoseTreeIsMuchLargerThanItsText() {
    byte[] json = ("[{}" + ",{}".repeat(1 << 20) + "]").getBytes(UTF_8);
    assertThatThrownBy(() -> StrictJson.parse(json)).isInstanceOf(JsonFault.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.7976931348623157e308", "4.9e-324", "0.000001", "12"})
  void takesEveryNumberOfADouble(String number) throws JsonFault {
    assertThat(StrictJson.parse(with(number)).at("/a/0/b").doubleValue())
        .isEqualTo(Double.parseDouble(number));
  }
}
