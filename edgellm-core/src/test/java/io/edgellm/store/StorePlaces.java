package io.edgellm.store;

import java.util.regex.Pattern;

/** Gives paths in a store that differ only by digest, version, model or chance one name. */
final class StorePlaces {
  private static final Pattern TRANSACTION =
      Pattern.compile("(staging|trash|quarantine)/[-0-9a-f]{36}");
  private static final Pattern DIGEST = Pattern.compile("sha256-[0-9a-f]{64}");
  private static final Pattern MODEL = Pattern.compile("^(models/)[a-z]+");
  private static final Pattern VERSION = Pattern.compile("(MODEL/)[0-9.]+");

  private StorePlaces() {}

  static String of(String path) {
    if (path.isEmpty()) {
      return "above the store";
    }
    String place = TRANSACTION.matcher(path).replaceAll("$1/TX");
    place = DIGEST.matcher(place).replaceAll("DIGEST");
    place = MODEL.matcher(place).replaceAll("$1MODEL");
    return VERSION.matcher(place).replaceAll("$1VERSION");
  }
}
