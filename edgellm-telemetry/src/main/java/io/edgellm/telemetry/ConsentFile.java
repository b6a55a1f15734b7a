package io.edgellm.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of a consent on the disk: {@code {"format":1,"granted_at":"…","level":"metrics"}}.
 *
 * <p>It is written beside its place, synced and renamed over it, and the directory is synced, so
 * that after a power cut either the old record or the new one is there, whole.
 */
final class ConsentFile {
  private static final Logger log = LoggerFactory.getLogger(ConsentFile.class);
  private static final int FORMAT = 1;
  private static final long MAX_BYTES = 4096;

  private final Path path;
  private final Path directory;
  private final Path temporary;

  ConsentFile(Path path) {
    this.path = path.toAbsolutePath();
    this.temporary = this.path.resolveSibling(path.getFileName() + ".tmp");
    this.directory = temporary.resolveSibling(".").normalize();
  }

  Path path() {
    return path;
  }

  /** Returns the record; empty if there is none, or none that can be trusted. */
  Optional<ConsentRecord> read() {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new IOException("longer than " + MAX_BYTES + " bytes");
      }
      return Optional.of(parse(Files.readAllBytes(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JsonFault | DateTimeException e) {
      log.debug("The consent record {} cannot be read and counts as none", path, e);
      return Optional.empty();
    }
  }

  private static ConsentRecord parse(byte[] json) throws IOException, JsonFault {
    JsonFields fields = JsonFields.of(StrictJson.parse(json));
    long format = fields.integer("format");
    if (format != FORMAT) {
      throw new IOException("format " + format + " is not known");
    }
    Instant grantedAt = Instant.parse(fields.text("granted_at"));
    String label = fields.text("level");
    fields.end();
    ConsentLevel level =
        ConsentLevel.ofLabel(label)
            .orElseThrow(() -> new IOException("level '" + label + "' is not known"));
    return new ConsentRecord(level, grantedAt);
  }

  void write(ConsentRecord record) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    json.put("granted_at", record.grantedAt().toString());
    json.put("level", record.level().label());
    Files.createDirectories(directory);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(CanonicalJson.write(json));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory();
  }

  void delete() throws IOException {
    Files.deleteIfExists(temporary);
    if (Files.deleteIfExists(path)) {
      syncDirectory();
    }
  }

  private void syncDirectory() throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // Elsewhere a directory cannot be opened; NTFS journals the rename.
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
