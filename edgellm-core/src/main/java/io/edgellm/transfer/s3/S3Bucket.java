package io.edgellm.transfer.s3;

import io.edgellm.transfer.SourcePath;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A bucket, and where in it a repository begins.
 *
 * @param endpoint the store's address: http or https, a host and perhaps a port
 * @param region what signatures are made for; stores without regions take {@code us-east-1}
 * @param name the bucket's name
 * @param prefix what the keys of the repository begin with: names with {@code /} between them, or
 *     nothing
 * @param addressing where the bucket's name stands in an address
 */
public record S3Bucket(
    URI endpoint, String region, String name, String prefix, Addressing addressing) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,62}");

  /** Where the bucket's name stands in an address. */
  public enum Addressing {
    /** {@code https://endpoint/bucket/key}, which MinIO and most other stores want. */
    PATH,
    /** {@code https://bucket.endpoint/key}, which Amazon wants. */
    VIRTUAL_HOST
  }

  /** Refuses what cannot be an address. */
  public S3Bucket {
    endpoint = server(endpoint);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' cannot be the name of a bucket.");
    }
    if (!REGION.matcher(region).matches()) {
      throw new IllegalArgumentException("'" + region + "' cannot be the name of a region.");
    }
    if (prefix.endsWith("/")) {
      prefix = prefix.substring(0, prefix.length() - 1);
    }
    if (!prefix.isEmpty()) {
      SourcePath.of(prefix);
    }
  }

  /** Names the server as an HTTP client names it: a port that goes without saying is not said. */
  private static URI server(URI endpoint) {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    boolean secure = scheme.equals("https");
    boolean bare =
        endpoint.getRawUserInfo() == null
            && endpoint.getRawQuery() == null
            && endpoint.getRawFragment() == null
            && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"));
    if ((!secure && !scheme.equals("http")) || endpoint.getHost() == null || !bare) {
      throw new IllegalArgumentException(
          "The endpoint of a store is http or https, a host, and perhaps a port.");
    }
    int port = endpoint.getPort();
    boolean saysItself = port < 0 || port == (secure ? 443 : 80);
    return URI.create(
        scheme
            + "://"
            + endpoint.getHost().toLowerCase(Locale.ROOT)
            + (saysItself ? "" : ":" + port));
  }

  /** Names a bucket of Amazon S3. */
  public static S3Bucket amazon(String region, String name) {
    return new S3Bucket(
        URI.create("https://s3." + region + ".amazonaws.com"),
        region,
        name,
        "",
        Addressing.VIRTUAL_HOST);
  }

  /** Names a bucket of MinIO, or of another store that has it in the path, without regions. */
  public static S3Bucket at(URI endpoint, String name) {
    return new S3Bucket(endpoint, "us-east-1", name, "", Addressing.PATH);
  }

  /** Returns the same bucket, with a repository that begins elsewhere. */
  public S3Bucket withPrefix(String prefix) {
    return new S3Bucket(endpoint, region, name, prefix, addressing);
  }

  /**
   * Returns the address of an object. It is escaped exactly as a signature wants it: every byte but
   * letters, digits, {@code -._~} and the slashes.
   *
   * @param path relative to the prefix
   */
  URI address(SourcePath path) {
    return URI.create(root() + SourcePath.escaped(key(path.onDisk())));
  }

  /** Returns the name of an object whose path is relative to the prefix. */
  String key(String path) {
    return (prefix.isEmpty() ? "" : prefix + "/") + path;
  }

  /** Returns the address of the bucket itself, with a slash at its end. */
  String root() {
    return switch (addressing) {
      case PATH -> endpoint + "/" + name + "/";
      case VIRTUAL_HOST ->
          endpoint.getScheme() + "://" + name + "." + endpoint.getRawAuthority() + "/";
    };
  }

  @Override
  public String toString() {
    return "s3://" + name + "/" + prefix + " at " + endpoint;
  }
}
