package io.edgellm.trust.oms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of PEM text (RFC 7468).
 *
 * <p>Tools write explanations before and between blocks; everything outside of the boundaries is
 * ignored.
 *
 * @param label for instance {@code PUBLIC KEY}
 * @param content the decoded content
 */
public record Pem(String label, Octets content) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  /**
   * Returns all blocks of a text, in order.
   *
   * @throws OmsFault if one is not base64
   */
  public static List<Pem> blocks(String text) throws OmsFault {
    List<Pem> blocks = new ArrayList<>();
    Matcher m = BLOCK.matcher(text);
    while (m.find()) {
      try {
        String base64 = m.group(2).replaceAll("\\s", "");
        blocks.add(new Pem(m.group(1), Octets.of(Base64.getDecoder().decode(base64))));
      } catch (IllegalArgumentException e) {
        throw OmsFault.malformed("The PEM block '" + m.group(1) + "' is not valid base64.", e);
      }
    }
    return blocks;
  }

  /** Returns the text in its normal form: lines of 64 characters, each ended by a line feed. */
  public String text() {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(content.toBytes())
        + "\n-----END "
        + label
        + "-----\n";
  }
}
