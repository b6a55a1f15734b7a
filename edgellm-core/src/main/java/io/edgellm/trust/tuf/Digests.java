package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The hashes of one file. Those of algorithms that are not known here are left out; one that is
 * known must be there.
 *
 * @param hex by algorithm, the one for file names first
 */
record Digests(Map<String, String> hex) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA512 = Pattern.compile("[0-9a-f]{128}");

  /** Reads the field {@code hashes}. */
  static Digests read(String name, JsonFields file) throws JsonFault {
    Map<String, String> all = file.textMap("hashes");
    Map<String, String> known = new LinkedHashMap<>();
    take(name, all, "sha256", SHA256, known);
    take(name, all, "sha512", SHA512, known);
    if (known.isEmpty()) {
      throw TufException.malformed(name, file.at("hashes") + " has neither sha256 nor sha512");
    }
    return new Digests(known);
  }

  private static void take(
      String name,
      Map<String, String> all,
      String algorithm,
      Pattern form,
      Map<String, String> known) {
    String hex = all.get(algorithm);
    if (hex == null) {
      return;
    }
    if (!form.matcher(hex).matches()) {
      throw TufException.malformed(name, "'" + hex + "' is not a " + algorithm);
    }
    known.put(algorithm, hex);
  }

  /** Returns the hash that consistent snapshots put before the name of a file. */
  String fileNamePrefix() {
    return hex.values().iterator().next();
  }

  /** Returns whether these are the hashes of some bytes. */
  boolean match(byte[] bytes) {
    Running running = start();
    running.update(bytes, bytes.length);
    return running.match();
  }

  /** Returns hashes to be fed piece by piece. */
  Running start() {
    return new Running(this);
  }

  /** All hashes of one file while it goes by. Not thread-safe. */
  static final class Running {
    private final Map<MessageDigest, String> expected = new LinkedHashMap<>();

    private Running(Digests digests) {
      digests.hex.forEach((algorithm, hex) -> expected.put(digest(algorithm), hex));
    }

    void update(byte[] bytes, int count) {
      expected.keySet().forEach(d -> d.update(bytes, 0, count));
    }

    /** Ends the hashing. */
    boolean match() {
      boolean match = true;
      for (Map.Entry<MessageDigest, String> e : expected.entrySet()) {
        match &= HexFormat.of().formatHex(e.getKey().digest()).equals(e.getValue());
      }
      return match;
    }

    private static MessageDigest digest(String algorithm) {
      try {
        return MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java 17 platform has " + algorithm + ".", e);
      }
    }
  }
}
