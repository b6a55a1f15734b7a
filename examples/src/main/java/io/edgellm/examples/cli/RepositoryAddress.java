package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.publish.DirectoryTarget;
import io.edgellm.publish.OciTarget;
import io.edgellm.publish.PublishTarget;
import io.edgellm.publish.S3Target;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.DirectoryArtifactSource;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.oci.OciArtifactSource;
import io.edgellm.transfer.oci.OciCredentials;
import io.edgellm.transfer.oci.OciRegistry;
import io.edgellm.transfer.s3.S3ArtifactSource;
import io.edgellm.transfer.s3.S3Bucket;
import io.edgellm.transfer.s3.S3Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a repository is, as people write it: a directory, {@code https://…}, {@code
 * s3://BUCKET/PREFIX} or {@code oci://REGISTRY/NAMESPACE}. Keys and passwords come from the
 * environment alone: a command line is seen by every user of a machine.
 */
final class RepositoryAddress {
  private static final Pattern ADDRESS = Pattern.compile("(?i)(https?|s3|oci|oci\\+http)://(.+)");
  private static final String DEFAULT_REGION = "us-east-1";

  private final HttpReader reader;
  private final InstantSource clock;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * @param reader how to speak with servers
   * @param clock what requests are dated by
   * @param environment returns a variable, or null
   */
  RepositoryAddress(
      HttpReader reader, InstantSource clock, UnaryOperator<@Nullable String> environment) {
    this.reader = reader;
    this.clock = clock;
    this.environment = environment;
  }

  /** Opens what an address names; nothing is asked for yet. */
  ArtifactSource open(String text, ModelId line) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.matches()) {
      return new DirectoryArtifactSource(Path.of(text));
    }
    try {
      return switch (address.group(1).toLowerCase(Locale.ROOT)) {
        case "s3" -> bucketSource(address.group(2));
        case "oci" -> registrySource(registry("https://", address.group(2)), line);
        case "oci+http" -> registrySource(registry("http://", address.group(2)), line);
        default -> new HttpArtifactSource(URI.create(text), reader);
      };
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "ADDRESS", String.valueOf(e.getMessage()), e);
    }
  }

  /** Opens what an address names, for a publisher; nothing is asked for yet. */
  PublishTarget target(String text) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.matches()) {
      return DirectoryTarget.at(Path.of(text));
    }
    try {
      return switch (address.group(1).toLowerCase(Locale.ROOT)) {
        case "s3" -> bucketTarget(address.group(2));
        case "oci" -> OciTarget.of(registry("https://", address.group(2)), clock, reader);
        case "oci+http" -> OciTarget.of(registry("http://", address.group(2)), clock, reader);
        default ->
            throw new CommandFault(
                ExitCode.USAGE,
                "ADDRESS",
                "Nothing can be published to '"
                    + text
                    + "': name the directory that the server serves, s3://… or oci://….");
      };
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "ADDRESS", String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns whether an address is a directory of this machine. */
  static boolean isDirectory(String text) {
    return !ADDRESS.matcher(text).matches();
  }

  private S3Target bucketTarget(String nameAndPrefix) {
    String key = variable("AWS_ACCESS_KEY_ID", "");
    if (key.isEmpty()) {
      throw new CommandFault(
          ExitCode.USAGE,
          "CREDENTIALS",
          "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment: nobody may write"
              + " into a bucket without a key.");
    }
    return S3Target.of(bucket(nameAndPrefix), () -> credentials(key), clock, reader);
  }

  /** The variables are those of Amazon's own tools. */
  private S3Bucket bucket(String nameAndPrefix) {
    String[] parts = nameAndPrefix.split("/", 2);
    String endpoint = variable("AWS_ENDPOINT_URL_S3", variable("AWS_ENDPOINT_URL", ""));
    String region = variable("AWS_REGION", variable("AWS_DEFAULT_REGION", DEFAULT_REGION));
    return (endpoint.isEmpty()
            ? S3Bucket.amazon(region, parts[0])
            : new S3Bucket(URI.create(endpoint), region, parts[0], "", S3Bucket.Addressing.PATH))
        .withPrefix(parts.length == 1 ? "" : parts[1]);
  }

  private ArtifactSource bucketSource(String nameAndPrefix) {
    String key = variable("AWS_ACCESS_KEY_ID", "");
    S3Bucket bucket = bucket(nameAndPrefix);
    return key.isEmpty()
        ? S3ArtifactSource.anonymous(bucket, reader)
        : S3ArtifactSource.signed(bucket, () -> credentials(key), clock, reader);
  }

  private S3Credentials credentials(String key) {
    String secret = variable("AWS_SECRET_ACCESS_KEY", "");
    String token = variable("AWS_SESSION_TOKEN", "");
    return token.isEmpty()
        ? S3Credentials.of(key, secret)
        : S3Credentials.temporary(key, secret, token);
  }

  private ArtifactSource registrySource(OciRegistry registry, ModelId line) {
    return new OciArtifactSource(registry.withLines(List.of(line)), reader, clock);
  }

  private OciRegistry registry(String scheme, String hostAndNamespace) {
    String[] parts = hostAndNamespace.split("/", 2);
    OciRegistry registry =
        OciRegistry.at(URI.create(scheme + parts[0]), parts.length == 1 ? "" : parts[1]);
    String user = variable("EDGELLM_REGISTRY_USER", "");
    if (!user.isEmpty()) {
      registry =
          registry.withCredentials(
              () -> new OciCredentials(user, variable("EDGELLM_REGISTRY_PASSWORD", "")));
    }
    return registry;
  }

  private String variable(String name, String otherwise) {
    String value = environment.apply(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
