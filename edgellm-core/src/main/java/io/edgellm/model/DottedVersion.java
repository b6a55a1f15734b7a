package io.edgellm.model;

/** Orders versions of runtimes; a vendor's suffix such as 1.28.0-rc1 counts as its number. */
final class DottedVersion {
  private DottedVersion() {}

  static int compare(String a, String b) {
    String[] as = a.split("\\.", -1);
    String[] bs = b.split("\\.", -1);
    return compare(as, bs, Math.max(as.length, bs.length));
  }

  /** Compares only as many numbers as {@code beginning} has. */
  static int compareBeginning(String version, String beginning) {
    String[] bs = beginning.split("\\.", -1);
    return compare(version.split("\\.", -1), bs, bs.length);
  }

  private static int compare(String[] as, String[] bs, int parts) {
    for (int i = 0; i < parts; i++) {
      int c = Integer.compare(part(as, i), part(bs, i));
      if (c != 0) {
        return c;
      }
    }
    return 0;
  }

  private static int part(String[] parts, int i) {
    String digits = i < parts.length ? parts[i].replaceFirst("\\D.*", "") : "";
    return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }
}
