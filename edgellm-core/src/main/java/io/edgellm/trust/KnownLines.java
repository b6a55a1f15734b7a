package io.edgellm.trust;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model lines of which this device has asked whether a release is current, one in each line of
 * a file. A refresh brings the metadata of these, too: without it, what is installed could not be
 * admitted once its line has changed.
 *
 * <p>It only saves downloads, so that a file that is lost or cannot be written does no harm. Not
 * thread-safe.
 */
final class KnownLines {
  private static final Logger LOG = LoggerFactory.getLogger(KnownLines.class);
  private static final int MAX_BYTES = 64 << 10;

  private final Path file;
  private final Set<ModelId> lines;

  private KnownLines(Path file, Set<ModelId> lines) {
    this.file = file;
    this.lines = lines;
  }

  static KnownLines read(Path file) {
    Set<ModelId> lines = new TreeSet<>(Comparator.comparing(ModelId::value));
    try {
      String text = new String(BoundedFile.read(file, MAX_BYTES), StandardCharsets.UTF_8);
      text.lines().forEach(line -> lines.add(new ModelId(line)));
    } catch (TrustException | ModelException e) {
      LOG.debug("Which model lines were looked up is not known: {}", e.getMessage());
    }
    return new KnownLines(file, lines);
  }

  Set<ModelId> all() {
    return Set.copyOf(lines);
  }

  void add(ModelId line) {
    if (lines.add(line)) {
      String text = lines.stream().map(l -> l.value() + "\n").collect(Collectors.joining());
      try {
        DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        LOG.debug("Which model lines were looked up cannot be kept.", e);
      }
    }
  }
}
