package io.edgellm.examples.quickstart;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.SourceTufRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Somebody who controls the server, and has none of the publisher's keys. */
final class Attacker {
  private final Path repository;
  private final Path loot;

  /**
   * @param repository the publisher's
   * @param loot where to keep what was taken from it
   */
  Attacker(Path repository, Path loot) {
    this.repository = repository;
    this.loot = loot;
  }

  /** Keeps everything that is signed at this moment. */
  void keepToday() throws IOException {
    copySigned(repository, yesterday());
  }

  /** Returns the repository as it was kept: an update that came later is not in it. */
  Path yesterday() {
    return loot.resolve("yesterday");
  }

  /** Returns today's repository, in which the papers of a version name another model file. */
  Path forged(Publisher publisher, ModelVersion version) throws IOException {
    Path forged = loot.resolve("forged");
    copySigned(repository, forged);
    Path papers =
        forged
            .resolve(SourceTufRepository.TARGETS)
            .resolve(RepositoryPaths.manifest(publisher.line(), version))
            .getParent();
    try (Stream<Path> files = Files.list(papers)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().endsWith("." + ReleaseManifest.FILE_NAME)) {
          String model = Sha256.of("another model".getBytes(StandardCharsets.US_ASCII)).hex();
          Files.writeString(file, Files.readString(file).replaceFirst("[0-9a-f]{64}", model));
        }
      }
    }
    return forged;
  }

  /** Blobs need no copy: their names are their digests. */
  private static void copySigned(Path from, Path to) throws IOException {
    for (String part : List.of(SourceTufRepository.METADATA, SourceTufRepository.TARGETS)) {
      try (Stream<Path> files = Files.walk(from.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = to.resolve(from.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }
}
