package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
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
        case "s3" -> bucket(address.group(2));
        case "oci" -> registry("https://", address.group(2), line);
        case "oci+http" -> registry("http://", address.group(2), line);
        default -> new HttpArtifactSource(URI.create(text), reader);
      };
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "ADDRESS", String.valueOf(e.getMessage()), e);
    }
  }

  /** The variables are those of Amazon's own tools. */
  private ArtifactSource bucket(String nameAndPrefix) {
    String[] parts = nameAndPrefix.split("/", 2);
    String endpoint = variable("AWS_ENDPOINT_URL_S3", variable("AWS_ENDPOINT_URL", ""));
    String region = variable("AWS_REGION", variable("AWS_DEFAULT_REGION", DEFAULT_REGION));
    S3Bucket bucket =
        (endpoint.isEmpty()
                ? S3Bucket.amazon(region, parts[0])
                : new S3Bucket(
                    URI.create(endpoint), region, parts[0], "", S3Bucket.Addressing.PATH))
            .withPrefix(parts.length == 1 ? "" : parts[1]);
    String key = variable("AWS_ACCESS_KEY_ID", "");
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

  private ArtifactSource registry(String scheme, String hostAndNamespace, ModelId line) {
    String[] parts = hostAndNamespace.split("/", 2);
    OciRegistry registry =
        OciRegistry.at(URI.create(scheme + parts[0]), parts.length == 1 ? "" : parts[1])
            .withLines(List.of(line));
    String user = variable("EDGELLM_REGISTRY_USER", "");
    if (!user.isEmpty()) {
      registry =
          registry.withCredentials(
              () -> new OciCredentials(user, variable("EDGELLM_REGISTRY_PASSWORD", "")));
    }
    return new OciArtifactSource(registry, reader, clock);
  }

  private String variable(String name, String otherwise) {
    String value = environment.apply(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
