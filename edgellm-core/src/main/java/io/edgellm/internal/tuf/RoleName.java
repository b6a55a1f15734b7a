package io.edgellm.internal.tuf;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** The names of the top-level roles, and how any role is named in addresses and on the disk. */
public final class RoleName {
  public static final String ROOT = "root";
  public static final String TIMESTAMP = "timestamp";
  public static final String SNAPSHOT = "snapshot";
  public static final String TARGETS = "targets";
  public static final Set<String> TOP_LEVEL = Set.of(ROOT, TIMESTAMP, SNAPSHOT, TARGETS);

  private static final int MAX_FILE_NAME = 200;

  private RoleName() {}

  /** Returns {@code <role>.json}, with everything but letters, digits and {@code _.-~} encoded. */
  public static String fileName(String role) {
    StringBuilder out = new StringBuilder();
    for (byte b : role.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "_.-~".indexOf(c) >= 0;
      out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return out.append(".json").toString();
  }

  /** Returns {@code <version>.<role>.json}. */
  public static String fileName(String role, long version) {
    return version + "." + fileName(role);
  }

  /** Returns whether a delegation may use this name. */
  public static boolean isDelegable(String role) {
    return !role.isEmpty() && !TOP_LEVEL.contains(role) && fileName(role).length() <= MAX_FILE_NAME;
  }
}
