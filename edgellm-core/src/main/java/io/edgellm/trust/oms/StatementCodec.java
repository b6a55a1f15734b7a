package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads and writes {@link Statement}.
 *
 * <p>Fields that are not known are ignored where the specification demands it (statement,
 * predicate, resources), and refused in the serialization. Read, and not written, are two forms of
 * the reference implementation: {@code shard_size} as a fraction, and {@code sha256-sharded-N} as
 * the algorithm of a shard.
 */
final class StatementCodec {
  static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE = "https://model_signing/signature/v1.0";
  private static final String HASH = "sha256";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHARD = Pattern.compile("(.+):\\d{1,19}:\\d{1,19}", Pattern.DOTALL);

  private StatementCodec() {}

  static Statement read(byte[] payload) throws OmsFault {
    try {
      return read(JsonFields.of(StrictJson.parse(payload)));
    } catch (JsonFault e) {
      throw SignatureBundle.malformed(e);
    }
  }

  private static Statement read(JsonFields f) throws JsonFault, OmsFault {
    require(f, "_type", TYPE);
    require(f, "predicateType", PREDICATE);
    List<JsonFields> subjects = f.objects("subject");
    if (subjects.size() != 1) {
      throw OmsFault.malformed(
          "A model signature has exactly one subject, this one has " + subjects.size() + ".",
          "subject");
    }
    String name = subjects.get(0).text("name");
    if (name.isEmpty()) {
      throw OmsFault.malformed("The subject has no name.", "subject[0].name");
    }
    Sha256 root = digest(subjects.get(0).object("digest"), HASH);
    JsonFields predicate = f.object("predicate");
    Serialization serialization = serialization(predicate.object("serialization"));
    List<Resource> resources = resources(predicate, serialization.partition());
    Statement statement = new Statement(name, serialization, resources);
    if (!statement.rootDigest().equals(root)) {
      throw OmsFault.malformed(
          "The digest of the subject is not the digest over its resources: the signature"
              + " contradicts itself.",
          "subject[0].digest");
    }
    return statement;
  }

  static void require(JsonFields f, String name, String expected) throws JsonFault, OmsFault {
    String found = f.text(name);
    if (!found.equals(expected)) {
      throw OmsFault.malformed(
          "'"
              + name
              + "' is '"
              + found
              + "' instead of '"
              + expected
              + "': this is not a model"
              + " signature of version 1.0.",
          name);
    }
  }

  private static Serialization serialization(JsonFields f) throws JsonFault, OmsFault {
    String hash = f.text("hash_type");
    if (!hash.equals(HASH)) {
      throw new OmsFault(
          OmsFault.Kind.UNSUPPORTED,
          "The files were hashed with '" + hash + "', which is not supported: sign with sha256.",
          f.at("hash_type"));
    }
    List<String> ignored = f.texts("ignore_paths");
    for (String path : ignored) {
      if (path.isEmpty() || path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
        throw OmsFault.malformed(
            "The ignored path '" + path + "' is not a path inside the model.",
            f.at("ignore_paths"));
      }
    }
    Serialization serialization =
        new Serialization(partition(f), f.bool("allow_symlinks"), ignored);
    // A rule for reading files that is not understood must not be passed over.
    f.end();
    return serialization;
  }

  private static Partition partition(JsonFields f) throws JsonFault, OmsFault {
    String method = f.text("method");
    boolean sized = f.has("shard_size");
    if (method.equals("files") && !sized) {
      return new Partition.WholeFiles();
    }
    if (method.equals("shards") && sized) {
      return new Partition.Shards(shardBytes(f));
    }
    throw OmsFault.malformed(
        "The serialization is neither 'files' nor 'shards' with a size.", f.at("method"));
  }

  private static long shardBytes(JsonFields f) throws JsonFault, OmsFault {
    long bytes;
    try {
      bytes = f.decimal("shard_size").longValueExact();
    } catch (ArithmeticException e) {
      bytes = 0;
    }
    if (bytes < 1) {
      throw OmsFault.malformed(
          "The size of a shard is not a positive whole number.", f.at("shard_size"));
    }
    return bytes;
  }

  private static List<Resource> resources(JsonFields predicate, Partition partition)
      throws JsonFault, OmsFault {
    List<Resource> resources = new ArrayList<>();
    for (JsonFields f : predicate.objects("resources")) {
      resources.add(new Resource(name(f, partition), digest(f, "digest")));
      requireAlgorithm(f, partition);
    }
    requireFilesOnce(resources);
    return resources;
  }

  /** Reads a whole file whose digest stands in an object of its own. */
  static Resource file(JsonFields f, JsonFields digests, String hash) throws JsonFault, OmsFault {
    return new Resource(name(f, new Partition.WholeFiles()), digest(digests, hash));
  }

  /** Refuses no resources, and one that comes twice. */
  static void requireFilesOnce(List<Resource> resources) throws OmsFault {
    if (resources.isEmpty()) {
      throw OmsFault.malformed("The signature covers no file.", (String) null);
    }
    Set<String> names = new HashSet<>();
    for (Resource resource : resources) {
      if (!names.add(resource.name())) {
        throw OmsFault.malformed("'" + resource.name() + "' is signed twice.", resource.name());
      }
    }
  }

  private static String name(JsonFields f, Partition partition) throws JsonFault, OmsFault {
    String name = f.text("name");
    String path = name;
    if (partition instanceof Partition.Shards) {
      var m = SHARD.matcher(name);
      if (!m.matches()) {
        throw OmsFault.malformed("'" + name + "' is not the name of a shard.", f.at("name"));
      }
      path = m.group(1);
    }
    if (!ModelFiles.isCanonical(path)) {
      throw OmsFault.malformed(
          "'" + name + "' is not a path inside the model with '/' between its parts.",
          f.at("name"));
    }
    return name;
  }

  private static void requireAlgorithm(JsonFields f, Partition partition)
      throws JsonFault, OmsFault {
    String algorithm = f.text("algorithm");
    boolean known =
        algorithm.equals(HASH)
            || (partition instanceof Partition.Shards shards
                && algorithm.equals(HASH + "-sharded-" + shards.shardBytes()));
    if (!known) {
      throw OmsFault.malformed(
          "'" + algorithm + "' is not the hash that the signature announces.", f.at("algorithm"));
    }
  }

  private static Sha256 digest(JsonFields f, String name) throws JsonFault, OmsFault {
    String hex = f.text(name);
    if (!HEX.matcher(hex).matches()) {
      throw OmsFault.malformed(
          "'" + f.at(name) + "' is not a SHA-256 in lower-case hexadecimal.", f.at(name));
    }
    return new Sha256(hex);
  }

  static byte[] write(Statement statement) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("_type", TYPE);
    root.put("predicateType", PREDICATE);
    ObjectNode subject = root.putArray("subject").addObject();
    subject.put("name", statement.subject());
    subject.putObject("digest").put(HASH, statement.rootDigest().hex());
    ObjectNode predicate = root.putObject("predicate");
    ObjectNode serialization = predicate.putObject("serialization");
    serialization.put("hash_type", HASH);
    serialization.put("allow_symlinks", statement.serialization().allowSymlinks());
    ArrayNode ignored = serialization.putArray("ignore_paths");
    statement.serialization().ignoredPaths().forEach(ignored::add);
    if (statement.serialization().partition() instanceof Partition.Shards shards) {
      serialization.put("method", "shards").put("shard_size", shards.shardBytes());
    } else {
      serialization.put("method", "files");
    }
    ArrayNode resources = predicate.putArray("resources");
    for (Resource resource : statement.resources()) {
      resources
          .addObject()
          .put("name", resource.name())
          .put("algorithm", HASH)
          .put("digest", resource.digest().hex());
    }
    return CanonicalJson.write(root);
  }
}
