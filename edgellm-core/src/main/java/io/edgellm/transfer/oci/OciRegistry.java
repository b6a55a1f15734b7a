package io.edgellm.transfer.oci;

import io.edgellm.model.ModelId;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A registry, where in it the repositories of the model lines are, and how this device gets at
 * them. Immutable.
 */
public final class OciRegistry {
  private static final String PART = "[a-z0-9]++(?:(?:\\.|__?|-++)[a-z0-9]++)*+";
  private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*+");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.[0-9]+\\.[0-9]+\\.[0-9]+|\\[::1]");

  /** Names, not numbers: the last label has a letter. */
  private static final Pattern DOMAIN = Pattern.compile("(?:[a-z0-9_-]++\\.)++[a-z][a-z0-9-]*+");

  private static final int MAX_NAME = 255;

  private final URI address;
  private final String namespace;
  private final List<ModelId> lines;
  private final Supplier<Optional<OciCredentials>> credentials;
  private final Predicate<String> otherHosts;
  private final Predicate<String> loginHosts;

  private OciRegistry(
      URI address,
      String namespace,
      List<ModelId> lines,
      Supplier<Optional<OciCredentials>> credentials,
      Predicate<String> otherHosts,
      Predicate<String> loginHosts) {
    this.address = address;
    this.namespace = namespace;
    this.lines = lines;
    this.credentials = credentials;
    this.otherHosts = otherHosts;
    this.loginHosts = loginHosts;
  }

  /**
   * Names a registry that everybody may read.
   *
   * @param address http or https, a host and perhaps a port
   * @param namespace what stands before the name of a line in the name of its repository, such as
   *     {@code acme/edge}; may be empty
   */
  public static OciRegistry at(URI address, String namespace) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    boolean bare =
        address.getRawUserInfo() == null
            && address.getRawQuery() == null
            && address.getRawFragment() == null
            && (address.getRawPath().isEmpty() || address.getRawPath().equals("/"));
    if (!List.of("http", "https").contains(scheme) || address.getHost() == null || !bare) {
      throw new IllegalArgumentException(
          "The address of a registry is http or https, a host, and perhaps a port.");
    }
    if (!namespace.isEmpty() && !isName(namespace)) {
      throw new IllegalArgumentException(
          "'" + namespace + "' cannot stand before the name of a repository.");
    }
    return new OciRegistry(
        URI.create(scheme + "://" + address.getRawAuthority()),
        namespace,
        List.of(),
        Optional::empty,
        host -> true,
        host -> isKin(address.getHost().toLowerCase(Locale.ROOT), host));
  }

  /**
   * Names the model lines of this device. A blob belongs to a repository, and is looked for in
   * those of the lines whose papers this source was asked for, and then in these. Whoever takes the
   * papers from elsewhere names the lines.
   */
  public OciRegistry withLines(List<ModelId> some) {
    return new OciRegistry(
        address, namespace, List.copyOf(some), credentials, otherHosts, loginHosts);
  }

  /**
   * Gives credentials.
   *
   * @param supplier asked whenever the registry wants to know who asks, from any thread, so that
   *     passwords can change; what it throws is thrown to whoever reads
   */
  public OciRegistry withCredentials(Supplier<OciCredentials> supplier) {
    return new OciRegistry(
        address, namespace, lines, () -> Optional.of(supplier.get()), otherHosts, loginHosts);
  }

  /**
   * Decides where else this device lets itself be sent: by the registry to a token service, which
   * gets the credentials, and by a blob to where its bytes are, which gets none.
   *
   * <p>Without this a blob may be at every host that has https, but credentials go only to the
   * registry's host and to hosts of the same domain: those that share its last two labels, or three
   * where the last but one is as short as in {@code co.uk}. Where a domain has many owners, as
   * those of cloud services do, name the hosts. Another port of this machine counts as another
   * host.
   *
   * @param hosts decides on the name of a host in lower case
   */
  public OciRegistry withOtherHosts(Predicate<String> hosts) {
    return new OciRegistry(address, namespace, lines, credentials, hosts, hosts);
  }

  private static boolean isKin(String registry, String other) {
    return DOMAIN.matcher(registry).matches()
        && DOMAIN.matcher(other).matches()
        && domain(registry).equals(domain(other));
  }

  /** Returns the end of a host's name that has one owner, as far as names tell. */
  private static String domain(String host) {
    String[] labels = host.split("\\.");
    boolean countrys =
        labels[labels.length - 1].length() == 2 && labels[labels.length - 2].length() <= 3;
    int from = Math.max(0, labels.length - (countrys ? 3 : 2));
    return String.join(".", Arrays.asList(labels).subList(from, labels.length));
  }

  static boolean isName(String repository) {
    return repository.length() <= MAX_NAME && NAME.matcher(repository).matches();
  }

  String repository(String name) {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  List<ModelId> lines() {
    return lines;
  }

  Optional<OciCredentials> credentials() {
    return credentials.get();
  }

  URI resolve(String path) {
    return address.resolve(path);
  }

  /** Returns whether an address is on the registry itself, which knows the device's secrets. */
  boolean isSelf(URI other) {
    return String.valueOf(other.getScheme()).equalsIgnoreCase(address.getScheme())
        && address.getHost().equalsIgnoreCase(other.getHost())
        && port(other) == port(address);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  /**
   * Returns why this device does not go to an address where the registry sends it; nothing if it
   * does.
   */
  Optional<String> objection(URI other) {
    String scheme = String.valueOf(other.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(other.getHost()).toLowerCase(Locale.ROOT);
    if (other.getHost() == null || other.getRawUserInfo() != null) {
      return Optional.of("to what is no address");
    }
    if (!scheme.equals("https") && !(scheme.equals("http") && isAsOpen(host))) {
      return Optional.of("to '" + host + "' without https");
    }
    return host.equals(address.getHost().toLowerCase(Locale.ROOT)) || otherHosts.test(host)
        ? Optional.empty()
        : Optional.of("to '" + host + "', which the host application does not allow");
  }

  /** Returns why this device does not show its credentials to an address; nothing if it does. */
  Optional<String> objectionToLogin(URI service) {
    Optional<String> objection = objection(service);
    if (objection.isPresent()) {
      return objection;
    }
    String host = service.getHost().toLowerCase(Locale.ROOT);
    boolean own =
        isSelf(service) || (host.equalsIgnoreCase(address.getHost()) && !isLoopback(host));
    return own || loginHosts.test(host)
        ? Optional.empty()
        : Optional.of(
            "to '"
                + host
                + "', which gets its credentials only if withOtherHosts allows that host");
  }

  /** Without https there is only what already has none: the same host, or the same machine. */
  private boolean isAsOpen(String host) {
    return "http".equals(address.getScheme())
        && (host.equalsIgnoreCase(address.getHost())
            || (isLoopback(host) && isLoopback(address.getHost())));
  }

  private static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  @Override
  public String toString() {
    return address + "/" + namespace;
  }
}
