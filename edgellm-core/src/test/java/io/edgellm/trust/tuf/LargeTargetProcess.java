package io.edgellm.trust.tuf;

import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.SourceTufRepository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** A device with little memory that downloads one target, and goes on once if that is cut off. */
final class LargeTargetProcess {
  private LargeTargetProcess() {}

  /** Takes the root of the source, a directory with {@code pinned-root}, and the target's name. */
  public static void main(String[] args) throws IOException {
    Path device = Path.of(args[1]);
    TufClient client =
        new TufClient(
            Files.readAllBytes(device.resolve("pinned-root")),
            new SourceTufRepository(HttpArtifactSource.at(URI.create(args[0]))),
            TufStore.at(device.resolve("tuf")),
            TufLimits.defaults(),
            () -> TestRepository.NOW);
    client.refresh();
    TufTarget target = client.findTarget(args[2]).orElseThrow();
    try {
      client.download(target, device.resolve("here"));
      System.out.println("not cut off");
    } catch (TufException e) {
      System.out.println(e.reason() + " at " + Files.size(device.resolve("here.part")));
    }
    client.download(target, device.resolve("here"));
    System.out.println("complete, heap of " + Runtime.getRuntime().maxMemory());
  }
}
