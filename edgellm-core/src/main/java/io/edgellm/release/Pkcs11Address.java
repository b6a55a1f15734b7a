package io.edgellm.release;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a key on a token is, as a PKCS#11 URI (<a href="https://www.rfc-editor.org/rfc/rfc7512">RFC
 * 7512</a>), for instance
 *
 * <pre>
 * pkcs11:slot-id=0;object=release?module-path=/usr/lib/softhsm/libsofthsm2.so&amp;pin-source=file:/run/secrets/pin
 * </pre>
 *
 * <p>Of the attributes of the RFC, {@code object} and {@code module-path} are needed, {@code
 * slot-id} and {@code pin-source} understood, and all others refused, since to overlook one could
 * mean to take another key. A PIN in the address itself would be seen by everybody who can list
 * processes, so {@code pin-value} is refused, too.
 *
 * @param library the PKCS#11 library of the token's maker
 * @param slot the number of the slot, or null for the first one with a token
 * @param label the label of the key and of its certificate
 * @param pinFile whose first line is the PIN, or null
 */
public record Pkcs11Address(
    Path library, @Nullable Long slot, String label, @Nullable Path pinFile) {
  /** With what such an address begins. */
  public static final String SCHEME = "pkcs11:";

  /** Returns whether a text is meant to be such an address. */
  public static boolean isOne(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * Reads an address.
   *
   * @throws ReleaseException with {@code BAD_KEY}
   */
  public static Pkcs11Address parse(String text) {
    if (!isOne(text)) {
      throw malformed(text, "it does not begin with '" + SCHEME + "'");
    }
    int query = text.indexOf('?');
    String path = text.substring(SCHEME.length(), query < 0 ? text.length() : query);
    Map<String, String> where = attributes(text, path, ";", "object", "slot-id", "type");
    Map<String, String> how =
        attributes(
            text, query < 0 ? "" : text.substring(query + 1), "&", "module-path", "pin-source");
    if (!where.getOrDefault("type", "private").equals("private")) {
      throw malformed(text, "its type is not 'private'");
    }
    return new Pkcs11Address(
        Path.of(required(text, how, "module-path")),
        slot(text, where.get("slot-id")),
        required(text, where, "object"),
        pinFile(text, how.get("pin-source")));
  }

  private static Map<String, String> attributes(
      String text, String part, String separator, String... known) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String attribute : part.isEmpty() ? new String[0] : part.split(separator, -1)) {
      int equals = attribute.indexOf('=');
      String name = equals < 0 ? attribute : attribute.substring(0, equals);
      if (!Arrays.asList(known).contains(name)) {
        throw malformed(text, "'" + name + "' is not understood here");
      }
      if (equals < 0 || found.put(name, decoded(text, attribute.substring(equals + 1))) != null) {
        throw malformed(text, "'" + name + "' must be there once, with a value");
      }
    }
    return found;
  }

  private static String decoded(String text, String value) {
    try {
      // Of the two, only forms of the web write a blank as a plus.
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed(text, "'" + value + "' is not percent-encoded");
    }
  }

  private static String required(String text, Map<String, String> attributes, String name) {
    String value = attributes.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw malformed(text, "'" + name + "' is missing");
    }
    return value;
  }

  private static @Nullable Long slot(String text, @Nullable String value) {
    if (value == null) {
      return null;
    }
    if (!value.matches("\\d{1,18}")) {
      throw malformed(text, "'slot-id' is not a number");
    }
    return Long.valueOf(value);
  }

  private static @Nullable Path pinFile(String text, @Nullable String source) {
    if (source == null) {
      return null;
    }
    String path = source.replaceFirst("^file:(//(?=/))?", "");
    boolean file = !path.equals(source) || source.startsWith("/");
    if (!file || path.isEmpty() || path.startsWith("//")) {
      throw malformed(text, "'pin-source' is not a file, as in 'file:/run/secrets/pin'");
    }
    return Path.of(path);
  }

  // The address is not repeated: somebody may have written the PIN into it.
  private static ReleaseException malformed(String text, String why) {
    int end = text.indexOf('?');
    return new ReleaseException(
        ReleaseException.Reason.BAD_KEY,
        "The address of a key on a token cannot be used ("
            + why
            + "): write pkcs11:slot-id=NUMBER;object=LABEL?module-path=LIBRARY&pin-source=file:FILE.",
        end < 0 ? SCHEME : text.substring(0, end));
  }

  /** Returns where the PIN is, if the address says so. */
  public Optional<Passphrase> pin() {
    return Optional.ofNullable(pinFile).map(Passphrase::inFile);
  }

  /**
   * Opens the token and returns the key.
   *
   * @param otherwise asked for the PIN if the address does not say where it is
   * @throws ReleaseException as {@link Pkcs11Token#open} and {@link Pkcs11Token#key}
   */
  public SigningKey open(Passphrase otherwise) {
    return Pkcs11Token.open(library, slot, pin().orElse(otherwise)).key(label);
  }
}
