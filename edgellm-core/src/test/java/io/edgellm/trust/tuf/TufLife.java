package io.edgellm.trust.tuf;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.DiskLog;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.RecordingDisk;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Steps that a device takes with a repository that goes on, each of them a call that promises to be
 * durable, and what is on the disk after each.
 */
final class TufLife {
  static final String TARGET = "models/a";

  /** Everything that was done to the disk, and what was known before and after each step. */
  record Recorded(DiskLog log, List<Facts> facts) {}

  /**
   * What is known after a step.
   *
   * @param served what the repository had at that time
   * @param versions what the last refresh ended with
   * @param tree what is on the disk
   */
  record Facts(Served served, Optional<TufVersions> versions, DiskTree tree) {
    /** Returns the target that is installed, if one is. */
    DiskTree.@Nullable Node installed() {
      return tree.nodes().get("here");
    }
  }

  /** The files of a repository at one time. */
  record Served(Map<String, byte[]> metadata, Map<String, byte[]> targets)
      implements TufRepository {
    @Override
    public InputStream metadata(String fileName) throws NoSuchFileException {
      return found(metadata, fileName);
    }

    @Override
    public Content target(String path, long fromByte) throws IOException {
      InputStream content = found(targets, path);
      content.skipNBytes(fromByte);
      return new Content(content, fromByte);
    }

    private static InputStream found(Map<String, byte[]> files, String name)
        throws NoSuchFileException {
      byte[] bytes = files.get(name);
      if (bytes == null) {
        throw new NoSuchFileException(name);
      }
      return new ByteArrayInputStream(bytes);
    }

    byte[] pinned() {
      return Objects.requireNonNull(metadata.get("1.root.json"));
    }

    TufClient client(Disk disk, Path device) {
      return new TufClient(
          pinned(),
          this,
          TufStore.at(disk, device.resolve("tuf")),
          TufLimits.defaults(),
          () -> TestRepository.NOW);
    }
  }

  private final TestRepository publisher = new TestRepository();
  private final Path device;
  private final RecordingDisk disk;
  private final List<Facts> facts = new ArrayList<>();
  private Optional<TufVersions> versions = Optional.empty();

  private TufLife(Path device) throws IOException {
    this.device = device;
    this.disk =
        new RecordingDisk(
            FaultyDisk.counting(), device, DiskTree.read(device, path -> true), path -> false);
    facts.add(known());
  }

  /** Lives on a device that has nothing yet. */
  static Recorded record(Path device) throws IOException {
    TufLife life = new TufLife(device);
    life.refresh();
    life.findInADelegatedRole("first content");
    life.download();
    life.findInADelegatedRole("second content, which is longer");
    life.download();
    life.sufferAFastForward();
    life.rotateKeysAndRecover();
    return new Recorded(life.disk.log(), List.copyOf(life.facts));
  }

  private Served served() {
    return new Served(Map.copyOf(publisher.metadata), Map.copyOf(publisher.targets));
  }

  private Facts known() throws IOException {
    return new Facts(served(), versions, DiskTree.read(device, path -> true));
  }

  private void acknowledge() throws IOException {
    disk.acknowledge(facts.size());
    facts.add(known());
  }

  private TufClient refresh() throws IOException {
    TufClient client = served().client(disk, device);
    versions = Optional.of(client.refresh());
    acknowledge();
    return client;
  }

  private void findInADelegatedRole(String content) throws IOException {
    if (!publisher.metadata.containsKey("team.json")) {
      publisher.delegate("targets", "team", true, "models/*");
    }
    publisher.addTarget("team", TARGET, content);
    publisher.publish("team", "targets", "snapshot", "timestamp");
    TufClient client = refresh();
    if (client.findTarget(TARGET).isEmpty()) {
      throw new AssertionError("no " + TARGET);
    }
    acknowledge();
  }

  private void download() throws IOException {
    Served served = served();
    TufClient client =
        new TufClient(
            served.pinned(),
            recording(served),
            TufStore.at(disk, device.resolve("tuf")),
            TufLimits.defaults(),
            () -> TestRepository.NOW);
    client.refresh();
    client.download(client.findTarget(TARGET).orElseThrow(), device.resolve("here"));
    acknowledge();
  }

  /** Lets the disk know of the partial file, which is written past it, as soon as it is whole. */
  private TufRepository recording(Served served) {
    return new TufRepository() {
      @Override
      public InputStream metadata(String fileName) throws IOException {
        return served.metadata(fileName);
      }

      @Override
      public Content target(String path, long fromByte) throws IOException {
        InputStream bytes = served.target(path, fromByte).stream();
        return new Content(
            new FilterInputStream(bytes) {
              @Override
              public int read(byte[] buffer, int offset, int length) throws IOException {
                int n = super.read(buffer, offset, length);
                if (n < 0) {
                  Path partial = device.resolve("here.part");
                  disk.write(partial, Files.readAllBytes(partial));
                }
                return n;
              }
            },
            fromByte);
      }
    };
  }

  private void sufferAFastForward() throws IOException {
    publisher.signed("timestamp").put("version", 1_000_000);
    publisher.publish("timestamp");
    refresh();
  }

  private void rotateKeysAndRecover() throws IOException {
    TestKey old = publisher.signers("root").get(0);
    publisher.rotate("root");
    publisher.signers("root").add(old);
    publisher.publish("root");
    publisher.signers("root").remove(old);
    publisher.rotate("timestamp");
    publisher.signed("timestamp").put("version", 1);
    publisher.publish("root", "snapshot", "timestamp");
    refresh();
  }
}
