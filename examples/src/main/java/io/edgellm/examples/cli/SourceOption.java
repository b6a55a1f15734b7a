package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.Bandwidth;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.MirroredArtifactSource;
import io.edgellm.transfer.TransferLimits;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that say where a release comes from, and how fast it may. */
final class SourceOption {
  @Parameters(
      index = "0",
      paramLabel = "REPOSITORY",
      description = {
        "The repository, as 'edgellm publish' has made it: a directory, https://…,"
            + " s3://BUCKET/PREFIX or oci://REGISTRY/NAMESPACE.",
        "Buckets: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION and"
            + " AWS_ENDPOINT_URL of the environment. Registries: EDGELLM_REGISTRY_USER and"
            + " EDGELLM_REGISTRY_PASSWORD.",
      })
  private String repository = "";

  @Option(
      names = "--mirror",
      paramLabel = "REPOSITORY",
      description = "Where the same is to be had if it fails there; may be repeated.")
  private List<String> mirrors = new ArrayList<>();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM: the only authorities that servers are believed by.")
  private @Nullable Path authorities;

  @Option(
      names = "--bandwidth",
      paramLabel = "KIB",
      description = "How much may come in a second; as much as does, if not given.")
  private @Nullable Long bandwidthKib;

  ArtifactSource open(ModelId line, InstantSource clock) {
    HttpReader.Builder reader = HttpReader.builder();
    if (authorities != null) {
      reader.trustOnly(authorities);
    }
    RepositoryAddress addresses = new RepositoryAddress(reader.build(), clock, System::getenv);
    if (mirrors.isEmpty()) {
      return addresses.open(repository, line);
    }
    MirroredArtifactSource.Builder several = MirroredArtifactSource.builder();
    several.mirror(addresses.open(repository, line));
    for (int i = 0; i < mirrors.size(); i++) {
      several.mirror(addresses.open(mirrors.get(i), line), i + 1, 1);
    }
    return several.build();
  }

  TransferLimits limits() {
    if (bandwidthKib == null) {
      return TransferLimits.none();
    }
    if (bandwidthKib < 1) {
      throw new CommandFault(
          ExitCode.USAGE, "BANDWIDTH", "--bandwidth is at least 1 KiB per second.");
    }
    return TransferLimits.none()
        .withBandwidth(Bandwidth.of(Math.multiplyExact(bandwidthKib, 1024L)));
  }
}
