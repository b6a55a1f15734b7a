package io.edgellm.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose releases a device accepts: named signers, each with the model lines that he may sign; what
 * else must be attested; and who says which releases are current.
 *
 * <p>What is not allowed is refused; there is no key for everything unless the policy says {@code
 * *}, and a policy that does without update metadata must say so. The policy itself is not signed:
 * it comes with the host application, as its code does. Immutable and thread-safe.
 *
 * <pre>{@code
 * TrustPolicy policy = TrustPolicy.builder()
 *     .signer("release-team", SignerKey.read(key), "assistant", "edge-*")
 *     .updates(UpdateTrust.pinned(Files.readAllBytes(root)))
 *     .build();
 * }</pre>
 */
public final class TrustPolicy {
  private static final String SCHEMA = "edgellm.trust-policy/v2";

  private final List<Signer> signers;
  private final @Nullable UpdateTrust updates;
  private final byte @Nullable [] sigstoreRoot;
  private final List<AttestationRule> attestations;
  private final Set<FileKind> allowed;
  private final Sha256 digest;

  /**
   * Somebody who may sign.
   *
   * @param name his name in receipts
   * @param credential by what he is recognized
   * @param models the model lines he may sign: an exact name, or a beginning followed by {@code *};
   *     none if he only attests
   */
  public record Signer(String name, Credential credential, List<String> models) {
    /** Refuses an empty name and what is not a pattern. */
    public Signer {
      if (name.isBlank()) {
        throw malformed("A signer needs a name.", "signers");
      }
      models = new ModelLines(models).patterns();
    }

    /** Returns whether this signer may sign a model line. */
    public boolean maySign(ModelId model) {
      return new ModelLines(models).include(model);
    }
  }

  private TrustPolicy(Builder builder) {
    this.signers = builder.signers.stream().sorted(Comparator.comparing(Signer::name)).toList();
    this.updates = builder.updates;
    this.sigstoreRoot = builder.sigstoreRoot;
    this.attestations = List.copyOf(builder.attestations);
    this.allowed = Collections.unmodifiableSet(builder.allowed);
    this.digest = Sha256.of(toJson());
  }

  /** Begins a policy that accepts nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a policy that a person wrote, as YAML; docs/trust.md describes the format. Files that it
   * names are read, too, and are relative to it. It must be as hard to change for others as the
   * application is.
   *
   * @throws TrustException with {@code MALFORMED} if anything is wrong with it: the message begins
   *     with file, line and column and says what to do; with {@code UNREADABLE} if it cannot be
   *     read; with {@code UNSUPPORTED} if the host does not bring a library for YAML
   */
  public static TrustPolicy read(Path file) {
    return TrustPolicyFile.read(file);
  }

  /**
   * Reads the text of a policy file; see {@link #read}.
   *
   * @param yaml the text
   * @param base the directory that paths in it are relative to
   * @throws TrustException as {@link #read} does
   */
  public static TrustPolicy fromYaml(String yaml, Path base) {
    return TrustPolicyFile.parse(yaml, base);
  }

  /** Returns the signers, by name. */
  public List<Signer> signers() {
    return signers;
  }

  /** Returns who says which releases are current; empty if a signature alone is enough. */
  public Optional<UpdateTrust> updates() {
    return Optional.ofNullable(updates);
  }

  /** Returns the pinned {@code trusted_root.json} of Sigstore that keyless signers need. */
  public Optional<byte[]> sigstoreRoot() {
    return Optional.ofNullable(sigstoreRoot).map(byte[]::clone);
  }

  /** Returns what must be attested. */
  public List<AttestationRule> attestations() {
    return attestations;
  }

  /** Returns the kinds of code that a release may hold. */
  public Set<FileKind> allowed() {
    return allowed;
  }

  /** Returns the digest of {@link #toJson()}, which receipts record. */
  public Sha256 digest() {
    return digest;
  }

  /** Returns the policy as canonical JSON: equal policies always give the same bytes. */
  public byte[] toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    ArrayNode list = root.putArray("signers");
    signers.forEach(signer -> write(signer, list.addObject()));
    if (updates != null) {
      root.putObject("updates")
          .put("root", updates.rootDigest().hex())
          .put("offlineGrace", updates.offlineGrace().duration().toString());
    }
    if (sigstoreRoot != null) {
      root.put("sigstoreRoot", Sha256.of(sigstoreRoot).hex());
    }
    ArrayNode rules = root.putArray("attestations");
    attestations.stream()
        .sorted(Comparator.comparing(AttestationRule::toString))
        .forEach(rule -> write(rule, rules.addObject()));
    write(allowed.stream().map(FileKind::label).toList(), root.putArray("allow"));
    return CanonicalJson.write(root);
  }

  private static void write(Signer signer, ObjectNode out) {
    out.put("name", signer.name());
    Credential credential = signer.credential();
    if (credential instanceof Credential.Key key) {
      out.put("key", key.key().toPem());
    } else if (credential instanceof Credential.Certificate certificate) {
      out.putObject("certificate")
          .put("authorities", certificate.authoritiesPem())
          .put("identity", certificate.identity());
    } else if (credential instanceof Credential.Keyless keyless) {
      out.putObject("keyless").put("issuer", keyless.issuer()).put("subject", keyless.subject());
    }
    write(signer.models(), out.putArray("models"));
  }

  private static void write(AttestationRule rule, ObjectNode out) {
    out.put("predicateType", rule.predicateType());
    write(rule.models(), out.putArray("models"));
    write(rule.signers(), out.putArray("signers"));
    write(rule.builders(), out.putArray("builders"));
    write(rule.sources(), out.putArray("sources"));
  }

  private static void write(List<String> texts, ArrayNode out) {
    texts.stream().sorted().forEach(out::add);
  }

  private static TrustException malformed(String message, String subject) {
    return new TrustException(TrustException.Reason.MALFORMED, message, subject);
  }

  /** Collects what is accepted. Not thread-safe. */
  public static final class Builder {
    private final List<Signer> signers = new ArrayList<>();
    private final List<AttestationRule> attestations = new ArrayList<>();
    private final EnumSet<FileKind> allowed = EnumSet.noneOf(FileKind.class);
    private @Nullable UpdateTrust updates;
    private boolean signatureAlone;
    private byte @Nullable [] sigstoreRoot;

    private Builder() {}

    /**
     * Accepts what a key signed, for some model lines.
     *
     * @param name the signer's name in receipts
     * @param key the key
     * @param models exact names of model lines, or beginnings followed by {@code *}
     * @throws TrustException with {@code MALFORMED} if a pattern is none
     */
    public Builder signer(String name, SignerKey key, String... models) {
      return signer(name, new Credential.Key(key), models);
    }

    /**
     * Accepts what somebody signed by any of the methods, for some model lines.
     *
     * @param name the signer's name in receipts
     * @param credential by what he is recognized
     * @param models exact names of model lines, or beginnings followed by {@code *}
     * @throws TrustException with {@code MALFORMED} if a pattern is none
     */
    public Builder signer(String name, Credential credential, String... models) {
      if (models.length == 0) {
        throw malformed("'" + name + "' may sign nothing: name at least one model line.", name);
      }
      signers.add(new Signer(name, credential, List.of(models)));
      return this;
    }

    /** Names somebody who attests, and may sign no model line. */
    public Builder attestor(String name, Credential credential) {
      signers.add(new Signer(name, credential, List.of()));
      return this;
    }

    /** Activates new releases only if this repository says that they are current. */
    public Builder updates(UpdateTrust trust) {
      updates = trust;
      return this;
    }

    /**
     * Activates whatever is signed, without asking whether it is current: for offline media and for
     * trying out. Who stands between publisher and device can then hold back newer releases, or
     * offer old ones down to the rollback index that the device has committed to.
     */
    public Builder signatureAlone() {
      signatureAlone = true;
      return this;
    }

    /**
     * Pins the root of Sigstore, which keyless signers need.
     *
     * @param trustedRootJson a {@code trusted_root.json}; it comes with the application
     */
    public Builder sigstoreRoot(byte[] trustedRootJson) {
      sigstoreRoot = trustedRootJson.clone();
      return this;
    }

    /** Requires an attestation, beside all others that are required. */
    public Builder attestation(AttestationRule rule) {
      attestations.add(rule);
      return this;
    }

    /** Grants files that can run; without it a release may hold none. */
    public Builder allow(FileKind kind) {
      allowed.add(kind);
      return this;
    }

    /**
     * Returns the policy.
     *
     * @throws TrustException with {@code MALFORMED} if there is no signer; if two have the same
     *     name or the same credential, so that a receipt could not say which one it was; if it does
     *     not say who tells what is current; if a keyless signer has no root of Sigstore; or if an
     *     attestation is required of somebody who is no signer
     */
    public TrustPolicy build() {
      if (signers.isEmpty()) {
        throw malformed("A policy without a signer accepts nothing: add one.", "signers");
      }
      requireDistinct(Signer::name, "name");
      requireDistinct(Signer::credential, "credential");
      requireUpdates();
      requireSigstoreRoot();
      requireAttestingSigners();
      return new TrustPolicy(this);
    }

    private void requireDistinct(Function<Signer, Object> property, String what) {
      Set<Object> seen = new HashSet<>();
      for (Signer signer : signers) {
        if (!seen.add(property.apply(signer))) {
          throw malformed(
              "Two signers have the same " + what + ": name each one once.", signer.name());
        }
      }
    }

    private void requireUpdates() {
      if (signatureAlone == (updates != null)) {
        throw malformed(
            signatureAlone
                ? "A policy either asks what is current, or lets a signature alone suffice."
                : "The policy does not say who tells which releases are current: pin the root of an"
                    + " update repository, or say that a signature alone is enough.",
            "updates");
      }
    }

    private void requireSigstoreRoot() {
      for (Signer signer : signers) {
        if (signer.credential() instanceof Credential.Keyless && sigstoreRoot == null) {
          throw malformed(
              "'"
                  + signer.name()
                  + "' signs without a key, which needs the pinned root of Sigstore: add a"
                  + " trusted_root.json.",
              signer.name());
        }
      }
    }

    private void requireAttestingSigners() {
      Set<String> names = signers.stream().map(Signer::name).collect(Collectors.toSet());
      for (AttestationRule rule : attestations) {
        for (String name : rule.signers()) {
          if (!names.contains(name)) {
            throw malformed(
                "'" + name + "' must attest something and is no signer of the policy: add him.",
                name);
          }
        }
      }
    }
  }
}
