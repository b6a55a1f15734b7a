package io.edgellm.trust;

import io.edgellm.internal.yaml.LocatedYaml;
import io.edgellm.internal.yaml.YamlFault;
import io.edgellm.internal.yaml.YamlFields;
import io.edgellm.internal.yaml.YamlPlace;
import io.edgellm.trust.time.OfflineGrace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads a policy that a person wrote. Whatever is wrong is found here, with line and column, before
 * the policy is built.
 */
final class TrustPolicyFile {
  private static final String SCHEMA = "edgellm.trust-policy/v2";
  private static final List<String> CREDENTIALS = List.of("key", "certificate", "keyless");
  private static final int MAX_BYTES = 1 << 20;

  private final YamlFields root;
  private final PolicyFiles files;
  private final TrustPolicy.Builder policy = TrustPolicy.builder();
  private final Map<String, YamlPlace> signers = new LinkedHashMap<>();
  private final Map<Credential, String> credentials = new HashMap<>();
  private final Set<String> attestors = new HashSet<>();

  private TrustPolicyFile(YamlFields root, PolicyFiles files) {
    this.root = root;
    this.files = files;
  }

  /** See {@link TrustPolicy#read}. */
  static TrustPolicy read(Path file) {
    Path absolute = file.toAbsolutePath();
    byte[] yaml;
    try (InputStream in = Files.newInputStream(absolute)) {
      yaml = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new TrustException(
          TrustException.Reason.UNREADABLE,
          "The policy cannot be read (" + e + "): check the path and the permissions.",
          absolute.toString(),
          e);
    }
    try {
      PolicyFiles files = new PolicyFiles(absolute.resolveSibling(""));
      return new TrustPolicyFile(LocatedYaml.read(yaml), files).policy();
    } catch (YamlFault e) {
      throw refused(absolute.toString(), e);
    }
  }

  /** See {@link TrustPolicy#fromYaml}. */
  static TrustPolicy parse(String yaml, Path base) {
    try {
      PolicyFiles files = new PolicyFiles(base.toAbsolutePath());
      return new TrustPolicyFile(LocatedYaml.read(yaml), files).policy();
    } catch (YamlFault e) {
      throw refused("policy", e);
    }
  }

  private static TrustException refused(String document, YamlFault fault) {
    return new TrustException(
        fault.kind() == YamlFault.Kind.MISSING_LIBRARY
            ? TrustException.Reason.UNSUPPORTED
            : TrustException.Reason.MALFORMED,
        document + ":" + fault.getMessage(),
        document + ":" + fault.place().line() + ":" + fault.place().column(),
        fault);
  }

  private TrustPolicy policy() throws YamlFault {
    requireSchema();
    updates();
    if (root.has("sigstore-root")) {
      policy.sigstoreRoot(files.sigstoreRoot(root, "sigstore-root"));
    }
    List<YamlFields> listed = nonEmpty(root, "signers", root.maps("signers"));
    for (YamlFields signer : listed) {
      signer(signer);
    }
    for (YamlFields rule : root.maps("attestations")) {
      policy.attestation(attestation(rule));
    }
    requirePurposes(listed);
    allowedFiles();
    root.end();
    return policy.build();
  }

  private void requireSchema() throws YamlFault {
    if (!root.text("schema").equals(SCHEMA)) {
      throw root.place("schema")
          .fault("'schema' is not one that this version reads: write '" + SCHEMA + "'.");
    }
  }

  private void updates() throws YamlFault {
    if (!root.isText("updates")) {
      policy.updates(updates(root.map("updates")));
    } else if (root.text("updates").equals("none")) {
      policy.signatureAlone();
    } else {
      throw root.place("updates").fault("'updates' must be a map with 'root', or 'none'.");
    }
  }

  private UpdateTrust updates(YamlFields fields) throws YamlFault {
    UpdateTrust pinned = files.updateRoot(fields, "root");
    Duration grace = fields.duration("offline-grace", Duration.ZERO);
    fields.end();
    if (grace.compareTo(OfflineGrace.MAX) > 0) {
      throw fields
          .place("offline-grace")
          .fault(
              "'updates.offline-grace' is too long: write at most "
                  + OfflineGrace.MAX.toDays()
                  + "d.");
    }
    return pinned.withOfflineGrace(new OfflineGrace(grace));
  }

  private void signer(YamlFields fields) throws YamlFault {
    String name = name(fields);
    Credential credential = credential(fields);
    String other = credentials.putIfAbsent(credential, name);
    if (other != null) {
      throw fields
          .place()
          .fault(
              "'"
                  + name
                  + "' is recognized by the same as '"
                  + other
                  + "': a receipt could not say who signed, so make one signer of both.");
    }
    if (fields.has("models")) {
      policy.signer(name, credential, models(fields).toArray(String[]::new));
    } else {
      policy.attestor(name, credential);
    }
    fields.end();
  }

  private String name(YamlFields fields) throws YamlFault {
    String name = fields.text("name");
    YamlPlace place = fields.place("name");
    if (name.isBlank()) {
      throw place.fault(place.name() + " is empty: receipts name the signer, so give one.");
    }
    YamlPlace earlier = signers.putIfAbsent(name, place);
    if (earlier != null) {
      throw place.fault(
          "'" + name + "' is a signer in line " + earlier.line() + " already: rename one of them.");
    }
    return name;
  }

  private Credential credential(YamlFields fields) throws YamlFault {
    List<String> present = new ArrayList<>();
    for (String kind : CREDENTIALS) {
      if (fields.has(kind)) {
        present.add(kind);
      }
    }
    if (present.isEmpty()) {
      throw unrecognizable(fields);
    }
    if (present.size() > 1) {
      throw fields
          .place(present.get(1))
          .fault("a signer has only one of " + present + ": make a signer of each.");
    }
    return switch (present.get(0)) {
      case "key" -> new Credential.Key(files.key(fields, "key"));
      case "certificate" -> certificate(fields.map("certificate"));
      default -> keyless(fields.map("keyless"));
    };
  }

  private static YamlFault unrecognizable(YamlFields fields) throws YamlFault {
    fields.has("models");
    fields.end();
    return fields
        .place()
        .fault(
            fields.place().name()
                + " does not say by what the signer is recognized: add 'key', 'certificate' or"
                + " 'keyless'.");
  }

  private Credential certificate(YamlFields fields) throws YamlFault {
    String authorities = files.authorities(fields, "authorities");
    String identity = fields.text("identity");
    fields.end();
    return at(fields.place("identity"), () -> new Credential.Certificate(authorities, identity));
  }

  private Credential keyless(YamlFields fields) throws YamlFault {
    String issuer = fields.text("issuer");
    String subject = fields.text("subject");
    fields.end();
    if (!root.has("sigstore-root")) {
      throw fields
          .place()
          .fault(
              fields.place().name()
                  + " needs the pinned root of Sigstore: add 'sigstore-root' with the path of a"
                  + " trusted_root.json to the policy.");
    }
    return at(fields.place(), () -> new Credential.Keyless(issuer, subject));
  }

  private static List<String> models(YamlFields fields) throws YamlFault {
    return nonEmpty(
        fields, "models", texts(fields, "models", pattern -> new ModelLines(List.of(pattern))));
  }

  private AttestationRule attestation(YamlFields fields) throws YamlFault {
    List<String> models = models(fields);
    String predicate = fields.text("predicate");
    List<String> by = nonEmpty(fields, "signers", texts(fields, "signers", this::requireSigner));
    attestors.addAll(by);
    List<String> builders = texts(fields, "builders", TrustPolicyFile::requireText);
    List<String> sources = texts(fields, "sources", TrustPolicyFile::requireText);
    fields.end();
    return at(
        fields.place("predicate"),
        () -> new AttestationRule(models, predicate, by, builders, sources));
  }

  private void requireSigner(String name) {
    if (!signers.containsKey(name)) {
      throw wrong(
          "'"
              + name
              + "' is no signer of this policy: add him, or name one of "
              + signers.keySet()
              + ".");
    }
  }

  private static void requireText(String text) {
    if (text.isBlank()) {
      throw wrong("an empty text fits nothing: remove it.");
    }
  }

  private void requirePurposes(List<YamlFields> listed) throws YamlFault {
    for (YamlFields fields : listed) {
      if (!fields.has("models") && !attestors.contains(fields.text("name"))) {
        throw fields
            .place()
            .fault(
                "'"
                    + fields.text("name")
                    + "' may sign nothing and attests nothing: add 'models' with the model lines"
                    + " that he may sign.");
      }
    }
  }

  private void allowedFiles() throws YamlFault {
    if (root.has("files")) {
      YamlFields fields = root.map("files");
      texts(fields, "allow", label -> policy.allow(fileKind(label)));
      fields.end();
    }
  }

  private static FileKind fileKind(String label) {
    for (FileKind kind : FileKind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw wrong(
        "'"
            + label
            + "' is no kind of file: name one of "
            + Arrays.stream(FileKind.values()).map(FileKind::label).toList()
            + ".");
  }

  /** Reads a list of texts, each of which is checked, and none of which stands there twice. */
  private static List<String> texts(YamlFields fields, String name, Consumer<String> check)
      throws YamlFault {
    List<String> texts = fields.texts(name);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      YamlPlace place = fields.place(name, i);
      if (texts.subList(0, i).contains(text)) {
        throw place.fault(place.name() + " repeats '" + text + "': remove it.");
      }
      at(
          place,
          () -> {
            check.accept(text);
            return text;
          });
    }
    return texts;
  }

  private static <T> List<T> nonEmpty(YamlFields fields, String name, List<T> items)
      throws YamlFault {
    fields.require(name);
    if (items.isEmpty()) {
      YamlPlace place = fields.place(name);
      throw place.fault(place.name() + " is empty: name at least one.");
    }
    return items;
  }

  private static TrustException wrong(String sentence) {
    return new TrustException(TrustException.Reason.MALFORMED, sentence, null);
  }

  /** Gives a place to what the policy itself finds wrong. */
  private static <T> T at(YamlPlace place, Supplier<T> value) throws YamlFault {
    try {
      return value.get();
    } catch (TrustException e) {
      throw place.fault(String.valueOf(e.getMessage()));
    }
  }
}
