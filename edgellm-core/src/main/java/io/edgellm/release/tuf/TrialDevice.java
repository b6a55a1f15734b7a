package io.edgellm.release.tuf;

import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.ModelId;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.tuf.TufClient;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufStore;
import io.edgellm.trust.tuf.TufTarget;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A device that exists for one publication: it pins the first root, remembers what it has seen, and
 * looks at the repository with the client that real devices use.
 */
final class TrialDevice implements AutoCloseable {
  /** Before every expiry. */
  private static final Instant EARLY = Instant.EPOCH;

  private final byte[] firstRoot;
  private final Path directory;

  TrialDevice(byte[] firstRoot, Path scratch) {
    this.firstRoot = firstRoot;
    try {
      this.directory = Files.createTempDirectory(scratch, "edgellm-tuf");
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "There is no temporary directory (" + e + "): correct this and publish again.",
          null,
          e);
    }
  }

  /** Refreshes at a time when nothing has expired, which must be mended and not forbidden. */
  void refreshBeforeExpiry(PendingRepository repository) throws TufException {
    client(repository, EARLY).refresh();
  }

  /** Refreshes now. */
  TufVersions refresh(PendingRepository repository, Instant now) throws TufException {
    return client(repository, now).refresh();
  }

  /** Looks into the metadata of model lines. */
  void requireLines(PendingRepository repository, Instant now, List<ModelId> lines)
      throws TufException {
    TufClient client = client(repository, now);
    client.refresh();
    for (ModelId line : lines) {
      if (client.findTarget(ModelLine.indexPath(line)).isEmpty()) {
        throw absent(ModelLine.role(line));
      }
    }
  }

  /** Looks into the metadata of model lines, expired or not. */
  void requireLinesBeforeExpiry(PendingRepository repository, List<ModelId> lines)
      throws TufException {
    requireLines(repository, EARLY, lines);
  }

  /** Fetches targets. */
  void requireTargets(PendingRepository repository, Instant now, List<String> paths)
      throws TufException {
    TufClient client = client(repository, now);
    client.refresh();
    for (String path : paths) {
      TufTarget target = client.findTarget(path).orElseThrow(() -> absent(path));
      client.download(target, directory.resolve("target"));
    }
  }

  private static ReleaseException absent(String what) {
    return new ReleaseException(
        ReleaseException.Reason.UNTRUSTED,
        "A device does not find '" + what + "' in the repository: look at who delegates to whom.",
        what);
  }

  private TufClient client(PendingRepository repository, Instant now) {
    return new TufClient(
        firstRoot,
        repository,
        TufStore.at(directory.resolve("seen")),
        TufLimits.defaults(),
        () -> now);
  }

  /** Translates what the client says into what a publisher can do about it. */
  static ReleaseException refused(String when, TufException e) {
    boolean expired = e.reason() == TufException.Reason.EXPIRED;
    return new ReleaseException(
        expired ? ReleaseException.Reason.EXPIRED : ReleaseException.Reason.UNTRUSTED,
        "Devices refuse the repository "
            + when
            + " ("
            + e.getMessage()
            + "): "
            + (expired
                ? "renew this role and publish that first."
                : "restore what somebody else changed, or finish a staged change that was cut"
                    + " off."),
        e.subject().orElse(RoleName.ROOT),
        e);
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      // Some small files stay in the directory for temporary ones, which the system cleans up.
    }
  }
}
