package io.edgellm.telemetry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The record of a consent on the disk: {@code {"format":1,"granted_at":"…","level":"metrics"}}. */
final class ConsentFile {
  private static final Logger log = LoggerFactory.getLogger(ConsentFile.class);
  private static final int FORMAT = 1;
  private static final long MAX_BYTES = 4096;

  private final Path path;
  private final Path directory;

  ConsentFile(Path path) {
    this.path = path.toAbsolutePath();
    this.directory = this.path.resolveSibling("");
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
    DurableFile.write(path, CanonicalJson.write(json));
  }

  /** Deletes the record and what a crash may have left beside it. */
  void delete() throws IOException {
    if (Files.isDirectory(directory)) {
      Disk disk = Disk.local();
      disk.delete(DurableFile.temporaryFor(path));
      disk.delete(path);
      disk.forceDirectory(directory);
    }
  }
}
