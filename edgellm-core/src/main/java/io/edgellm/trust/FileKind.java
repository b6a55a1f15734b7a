package io.edgellm.trust;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Kinds of files that can run, and that a release therefore may not hold unless a policy grants
 * them. They are told by their names, also with the version that libraries carry after it, as in
 * {@code libfoo.so.1.2}.
 */
public enum FileKind {
  /** Machine code: shared libraries and programs. */
  NATIVE("so|dll|dylib|jnilib|pyd|exe|com|msi|wasm"),
  /** Code for a Java virtual machine. */
  JAVA("jar|class"),
  /** Text or byte code for an interpreter or a shell. */
  SCRIPT("py|pyc|sh|bat|cmd|ps1");

  private final Pattern name;

  FileKind(String extensions) {
    name = Pattern.compile(".*\\.(" + extensions + ")(\\.[0-9]+)*");
  }

  /** Returns the name in a policy file, for instance {@code script}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the kind of a file that can run, or nothing for every other file. */
  static Optional<FileKind> of(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    for (FileKind kind : values()) {
      if (kind.name.matcher(lower).matches()) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
