package io.edgellm.internal.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.StrictJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CanonicalFormTest {
  private static String canonical(String json) throws JsonFault {
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    return new String(CanonicalForm.of(StrictJson.parse(utf8)), StandardCharsets.UTF_8);
  }

  @Test
  void sortsFieldsAndDropsWhiteSpace() throws JsonFault {
    assertThat(canonical("{ \"b\": [1, -2, 0], \"a\": {\"c\": null, \"B\": true}, \"\": {} }"))
        .isEqualTo("{\"\":{},\"a\":{\"B\":true,\"c\":null},\"b\":[1,-2,0]}");
  }

  @Test
  void escapesQuotesAndBackslashesOnly() throws JsonFault {
    assertThat(canonical("\"\\\"\\\\\\/\\n\\u0001\\u00e4\""))
        .isEqualTo("\"\\\"\\\\/\n\u0001\u00e4\"");
  }

  @Test
  void sortsByCodePoints() throws JsonFault {
    assertThat(canonical("{\"\ud83d\ude00\":1,\"\uffee\":2}"))
        .isEqualTo("{\"\uffee\":2,\"\ud83d\ude00\":1}");
  }

  @Test
  void writesLargeNumbersInFull() throws JsonFault {
    assertThat(canonical("123456789012345678901234567890"))
        .isEqualTo("123456789012345678901234567890");
  }

  @Test
  void refusesFractions() {
    assertThatThrownBy(() -> canonical("{\"a\":1.5}")).isInstanceOf(JsonFault.class);
    assertThatThrownBy(() -> canonical("{\"a\":1e3}")).isInstanceOf(JsonFault.class);
  }

  @Test
  void refusesHalfACharacter() {
    assertThatThrownBy(() -> canonical("\"\\ud83d\"")).isInstanceOf(JsonFault.class);
  }
}
