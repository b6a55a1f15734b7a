package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A change that waits on the disk of the repository until enough people have signed it, under
 * {@code staged/<name>/}. Devices do not see it.
 *
 * <p>Each person gets {@link #requests() what is to be signed}, signs it on a machine of their own,
 * and sends the signature back. Every signature is durable when {@link #add} returns. Not
 * thread-safe.
 */
public final class StagedChange {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private static final Set<String> ONLINE = Set.of(RoleName.SNAPSHOT, RoleName.TIMESTAMP);
  private static final String FILE = "change.json";
  private static final String FORMAT = "edgellm.tuf-change/v1";

  private final TufContext context;
  private final String name;
  private TufChange change;

  private StagedChange(TufContext context, String name, TufChange change) {
    this.context = context;
    this.name = name;
    this.change = change;
  }

  static StagedChange create(TufContext context, String name, TufChange change) {
    StagedChange staged = new StagedChange(context, requireName(name), change);
    RepositoryFiles files = context.files();
    if (files.read(staged.file()).isPresent()) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "There is a staged change '" + name + "' already: publish or discard it first.",
          name);
    }
    new VersionMarks(files).raise(change.documents());
    change
        .targets()
        .forEach((path, bytes) -> files.write(staged.target(Sha256.of(bytes).hex()), bytes));
    staged.save();
    return staged;
  }

  static StagedChange load(TufContext context, String name) {
    StagedChange empty =
        new StagedChange(
            context,
            requireName(name),
            new TufChange(context, RepositoryState.EMPTY, Map.of(), List.of(), Map.of()));
    byte[] json =
        context
            .files()
            .read(empty.file())
            .orElseThrow(
                () ->
                    new ReleaseException(
                        ReleaseException.Reason.MISSING,
                        "There is no staged change '" + name + "': look at the names of all.",
                        name));
    try {
      empty.change = empty.read(json);
      return empty;
    } catch (JsonFault e) {
      throw empty.damaged(e);
    }
  }

  static boolean exists(TufContext context, String name) {
    return isName(name)
        && context.files().read(context.files().staged(name + "/" + FILE)).isPresent();
  }

  /**
   * Returns whether a staged change may have a name: 1 to 64 lower-case letters, digits, dots,
   * dashes and underscores, beginning with a letter or digit.
   */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  private static String requireName(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException("'" + name + "' is not a name for a staged change.");
    }
    return name;
  }

  private Path file() {
    return context.files().staged(name + "/" + FILE);
  }

  private Path target(String sha256) {
    return context.files().staged(name + "/targets/" + sha256);
  }

  private void save() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", FORMAT);
    ObjectNode targets = json.putObject("targets");
    change.targets().forEach((path, bytes) -> targets.put(path, Sha256.of(bytes).hex()));
    ArrayNode documents = json.putArray("documents");
    for (MetadataDocument document : change.documents()) {
      documents
          .addObject()
          .put("role", document.role())
          .put("base", change.base(document.role()))
          .put("metadata", new String(document.toJson(), StandardCharsets.UTF_8));
    }
    context.files().write(file(), CanonicalJson.write(json));
  }

  private TufChange read(byte[] json) throws JsonFault {
    JsonFields fields = JsonFields.of(StrictJson.parse(json));
    require(fields.text("format").equals(FORMAT), "format", "it is not '" + FORMAT + "'");
    List<MetadataDocument> documents = new ArrayList<>();
    Map<String, Long> base = new HashMap<>();
    for (JsonFields entry : fields.objects("documents")) {
      String role = entry.text("role");
      require(!ONLINE.contains(role), "documents", "'" + role + "' is not staged");
      byte[] metadata = entry.text("metadata").getBytes(StandardCharsets.UTF_8);
      documents.add(MetadataDocument.parse(role, metadata));
      base.put(role, entry.integer("base"));
    }
    Map<String, byte[]> targets = new TreeMap<>();
    for (Map.Entry<String, String> e : fields.textMap("targets").entrySet()) {
      require(isTarget(e.getKey()), "targets", "'" + e.getKey() + "' is not a path");
      targets.put(e.getKey(), readTarget(e.getValue()));
    }
    return new TufChange(context, RepositoryState.load(context.files()), base, documents, targets);
  }

  private static void require(boolean condition, String path, String message) throws JsonFault {
    if (!condition) {
      throw new JsonFault(JsonFault.Kind.MALFORMED, path, message, null);
    }
  }

  private static boolean isTarget(String path) {
    return path.startsWith("models/") && !path.contains("..") && path.indexOf('\0') < 0;
  }

  private byte[] readTarget(String sha256) throws JsonFault {
    require(DIGEST.matcher(sha256).matches(), "targets", "'" + sha256 + "' is not a SHA-256");
    return context
        .files()
        .read(target(sha256))
        .filter(bytes -> Sha256.of(bytes).hex().equals(sha256))
        .orElseThrow(
            () ->
                new JsonFault(
                    JsonFault.Kind.MALFORMED,
                    "targets",
                    sha256 + " is not there or damaged",
                    null));
  }

  private ReleaseException damaged(JsonFault e) {
    return new ReleaseException(
        ReleaseException.Reason.CHANGED,
        "The staged change '"
            + name
            + "' is damaged ("
            + e.path()
            + ": "
            + e.getMessage()
            + "): discard it and make the change again.",
        name,
        e);
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns what is to be signed, one request for each role, sorted by role. */
  public List<SigningRequest> requests() {
    Signing signing = change.signing();
    return change.documents().stream()
        .map(document -> SigningRequest.of(document, signing))
        .sorted(Comparator.comparing(SigningRequest::role))
        .toList();
  }

  /**
   * Adds a signature that somebody made somewhere else.
   *
   * @throws ReleaseException with {@code BAD_KEY} if it is not one over a document of this change
   *     by a key that may sign it, or {@code IO}
   */
  public void add(DetachedSignature signature) {
    List<MetadataDocument> documents = new ArrayList<>();
    boolean used = false;
    for (MetadataDocument document : change.documents()) {
      Optional<TufKey> key = change.signing().usefulKey(document.role(), signature.keyId());
      if (key.isPresent() && document.signedDigest().equals(signature.message())) {
        documents.add(document.with(key.get(), signature.signature()));
        used = true;
      } else {
        documents.add(document);
      }
    }
    if (!used) {
      throw new ReleaseException(
          ReleaseException.Reason.BAD_KEY,
          "The key "
              + signature.keyId()
              + " may not sign for "
              + change.roles()
              + ", or it signed something else: export the request again and sign that.",
          name);
    }
    replace(change.with(documents));
  }

  /**
   * Signs with keys that are here.
   *
   * @throws ReleaseException with {@code BAD_KEY} if one of them may sign nothing of it, or {@code
   *     IO}
   */
  public void sign(TufSigner... signers) {
    replace(change.sign(signers));
  }

  private void replace(TufChange signed) {
    change = signed;
    save();
  }

  /**
   * Publishes it, as {@link TufChange#publish} does, and discards what was staged. After a cut, the
   * same call finishes it.
   *
   * @throws ReleaseException as there
   */
  public TufVersions publish(TufSigner... signers) {
    return new Publication(context, change, Optional.of(this), List.of(signers)).run();
  }

  /**
   * Throws it away. The version numbers that it had are not used again, except for a root: what
   * people signed of that stays valid, so discard it only if nobody can have a copy.
   */
  public void discard() {
    context.files().deleteTree(context.files().staged(name), file());
  }
}
