package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How something was built: the predicate <a href="https://slsa.dev/spec/v1.0/provenance">SLSA
 * provenance v1</a>. Read are the parts that a policy can be about; fields that are not known are
 * ignored, as the specification demands.
 *
 * @param buildType what the parameters mean, an address
 * @param builderId who built it, an address
 * @param externalParameters what the builder was told from outside, as a JSON object
 * @param resolvedDependencies what went into it
 * @param invocationId which run of the builder it was, or null
 * @param byproducts what came out beside the result, such as a report
 */
public record SlsaProvenance(
    String buildType,
    String builderId,
    String externalParameters,
    List<Dependency> resolvedDependencies,
    @Nullable String invocationId,
    List<Dependency> byproducts) {

  /** The predicate type. */
  public static final String TYPE = "https://slsa.dev/provenance/v1";

  private static final String GIT = "git+";

  /**
   * Something that went into the build: for a model, its base model, the quantizer, calibration
   * data.
   *
   * @param name a name for people, or null
   * @param uri where it is from, or null
   * @param digests its digests in hexadecimal by the name of their algorithm, for instance {@code
   *     sha256} or {@code gitCommit}
   */
  public record Dependency(
      @Nullable String name, @Nullable String uri, Map<String, String> digests) {
    /** Copies the map. */
    public Dependency {
      digests = Map.copyOf(digests);
    }

    /** Returns one with a SHA-256. */
    public static Dependency of(String name, String uri, Sha256 sha256) {
      return new Dependency(name, uri, Map.of("sha256", sha256.hex()));
    }
  }

  /** Copies the lists. */
  public SlsaProvenance {
    resolvedDependencies = List.copyOf(resolvedDependencies);
    byproducts = List.copyOf(byproducts);
  }

  /** Without a run and byproducts. */
  public SlsaProvenance(
      String buildType,
      String builderId,
      String externalParameters,
      List<Dependency> resolvedDependencies) {
    this(buildType, builderId, externalParameters, resolvedDependencies, null, List.of());
  }

  /**
   * Reads a predicate.
   *
   * @throws SigstoreException with {@code MALFORMED}
   */
  public static SlsaProvenance parse(String predicate) {
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(predicate.getBytes(StandardCharsets.UTF_8)));
      JsonFields build = f.object("buildDefinition");
      JsonFields run = f.object("runDetails");
      JsonFields metadata = run.objectOrNull("metadata");
      return new SlsaProvenance(
          build.text("buildType"),
          run.object("builder").text("id"),
          text(build.object("externalParameters").json()),
          dependencies(build, "resolvedDependencies"),
          metadata == null ? null : metadata.textOrNull("invocationId"),
          dependencies(run, "byproducts"));
    } catch (JsonFault e) {
      throw SigstoreException.unreadable("The provenance", e);
    }
  }

  private static List<Dependency> dependencies(JsonFields f, String name) throws JsonFault {
    List<Dependency> dependencies = new ArrayList<>();
    if (f.has(name)) {
      for (JsonFields d : f.objects(name)) {
        dependencies.add(
            new Dependency(d.textOrNull("name"), d.textOrNull("uri"), d.textMap("digest")));
      }
    }
    return dependencies;
  }

  /**
   * Returns the predicate; the same provenance always gives the same text.
   *
   * @throws SigstoreException with {@code MALFORMED} if the parameters are not a JSON object
   */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode build = root.putObject("buildDefinition");
    build.put("buildType", buildType);
    build.set("externalParameters", parameters().json());
    write(resolvedDependencies, build.putArray("resolvedDependencies"));
    ObjectNode run = root.putObject("runDetails");
    run.putObject("builder").put("id", builderId);
    if (invocationId != null) {
      run.putObject("metadata").put("invocationId", invocationId);
    }
    if (!byproducts.isEmpty()) {
      write(byproducts, run.putArray("byproducts"));
    }
    return text(root);
  }

  private static void write(List<Dependency> dependencies, ArrayNode out) {
    for (Dependency dependency : dependencies) {
      ObjectNode entry = out.addObject();
      if (dependency.name() != null) {
        entry.put("name", dependency.name());
      }
      if (dependency.uri() != null) {
        entry.put("uri", dependency.uri());
      }
      ObjectNode digests = entry.putObject("digest");
      new TreeMap<>(dependency.digests()).forEach(digests::put);
    }
  }

  private JsonFields parameters() {
    try {
      return JsonFields.of(StrictJson.parse(externalParameters.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonFault e) {
      throw SigstoreException.unreadable("The list of parameters", e);
    }
  }

  private static String text(JsonNode json) {
    return new String(CanonicalJson.write(json), StandardCharsets.UTF_8);
  }

  /**
   * Returns where the sources are from. The parameters say it, in one of the places where builders
   * put it ({@code workflow.repository}, {@code repository}, {@code source}, {@code source.uri});
   * if they do not, every dependency from a Git repository is a source, because nothing tells the
   * main one from the others.
   */
  List<String> sources() {
    JsonNode parameters = parameters().json();
    List<String> declared =
        Stream.of("/workflow/repository", "/repository", "/source", "/source/uri")
            .map(parameters::at)
            .filter(JsonNode::isTextual)
            .map(JsonNode::textValue)
            .toList();
    return (declared.isEmpty()
            ? resolvedDependencies.stream()
                .map(Dependency::uri)
                .flatMap(Stream::ofNullable)
                .filter(uri -> uri.startsWith(GIT))
            : declared.stream())
        .map(uri -> uri.startsWith(GIT) ? uri.substring(GIT.length()) : uri)
        .toList();
  }
}
