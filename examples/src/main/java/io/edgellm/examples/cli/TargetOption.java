package io.edgellm.examples.cli;

import io.edgellm.publish.PublishTarget;
import io.edgellm.publish.S3Encryption;
import io.edgellm.publish.S3Target;
import io.edgellm.publish.WorkingCopy;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how to speak with the place where devices fetch. */
final class TargetOption {
  /** What {@code --to} and its like take. */
  static final String ADDRESSES =
      "a directory, s3://BUCKET/PREFIX or oci://REGISTRY/NAMESPACE. Buckets: AWS_ACCESS_KEY_ID,"
          + " AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION and AWS_ENDPOINT_URL of the"
          + " environment. Registries: EDGELLM_REGISTRY_USER and EDGELLM_REGISTRY_PASSWORD.";

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM: the only authorities that servers are believed by.")
  private @Nullable Path authorities;

  @Option(names = "--attempts", paramLabel = "N", description = "Tries in a row of each request.")
  private int attempts = TransferOptions.defaults().attempts();

  @Option(
      names = "--encryption",
      paramLabel = "AES256|KEY",
      description =
          "How a bucket shall encrypt: with keys of the store, or with this one of its key service."
              + " As the bucket is set up, if not given.")
  private @Nullable String encryption;

  @Option(
      names = "--sole-publisher",
      description = "Nobody else publishes there: for stores that do not know conditional writes.")
  private boolean solePublisher;

  @Option(
      names = "--root",
      paramLabel = "FILE",
      description =
          "The root that devices ship with; refuses a target where somebody has put another"
              + " repository.")
  private @Nullable Path root;

  PublishTarget open(String address, InstantSource clock) {
    HttpReader.Builder reader = HttpReader.builder().inactivity(Duration.ofSeconds(60));
    if (authorities != null) {
      reader.trustOnly(authorities);
    }
    PublishTarget target =
        new RepositoryAddress(reader.build(), clock, System::getenv).target(address);
    return target instanceof S3Target bucket ? withOptions(bucket) : target;
  }

  private S3Target withOptions(S3Target bucket) {
    S3Target target = solePublisher ? bucket.withoutConditions() : bucket;
    if (encryption == null) {
      return target;
    }
    return target.withEncryption(
        encryption.equals("AES256") ? S3Encryption.ofTheStore() : S3Encryption.byKey(encryption));
  }

  WorkingCopy.Builder copy(Path work, PublishTarget target) {
    WorkingCopy.Builder copy =
        WorkingCopy.builder(work, target)
            .options(TransferOptions.defaults().withAttempts(attempts));
    if (root != null) {
      copy.pinnedRoot(read(root));
    }
    return copy;
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.USAGE, "ROOT", "The root '" + file + "' cannot be read (" + e + ").", e);
    }
  }
}
