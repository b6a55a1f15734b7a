package io.edgellm.inference.quantize;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.TreeMap;

/** One SHA-256 over several files and their names: that of the text {@code sha256sum} prints. */
final class SourceDigest {
  private SourceDigest() {}

  static String of(ModelDirectory directory, Collection<Path> files) throws IOException {
    TreeMap<String, Path> byName = new TreeMap<>();
    for (Path file : files) {
      byName.put(directory.name(file), file);
    }
    StringBuilder lines = new StringBuilder();
    for (var file : byName.entrySet()) {
      lines.append(sha256(file.getValue())).append("  ").append(file.getKey()).append('\n');
    }
    return hex(sha256().digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      in.transferTo(out);
    }
    return hex(digest.digest());
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
