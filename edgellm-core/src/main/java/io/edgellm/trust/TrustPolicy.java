package io.edgellm.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whose releases a device accepts: named signers, each with the model lines that he may sign.
 *
 * <p>What is not allowed is refused; there is no key for everything unless the policy says {@code
 * *}. The policy itself is not signed: it comes with the host application, as its code does.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * TrustPolicy policy = TrustPolicy.builder()
 *     .signer("release-team", SignerKey.read(path), "assistant", "edge-*")
 *     .build();
 * }</pre>
 */
public final class TrustPolicy {
  private static final String SCHEMA = "edgellm.trust-policy/v1";

  private final List<Signer> signers;
  private final Sha256 digest;

  /**
   * Somebody who may sign.
   *
   * @param name his name in receipts
   * @param key his key
   * @param models the model lines he may sign: an exact name, or a beginning followed by {@code *}
   */
  public record Signer(String name, SignerKey key, List<String> models) {
    private static final Pattern MODELS = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}\\*?|\\*");

    /** Refuses an empty name and what is not a pattern. */
    public Signer {
      models = List.copyOf(models);
      if (name.isBlank() || models.isEmpty()) {
        throw malformed("A signer needs a name and at least one model line.", name);
      }
      for (String pattern : models) {
        if (!MODELS.matcher(pattern).matches()) {
          throw malformed(
              "'"
                  + pattern
                  + "' names no model line: write an exact name, or a beginning followed by '*'.",
              pattern);
        }
      }
    }

    /** Returns whether this signer may sign a model line. */
    public boolean maySign(ModelId model) {
      return models.stream()
          .anyMatch(
              p ->
                  p.endsWith("*")
                      ? model.value().startsWith(p.substring(0, p.length() - 1))
                      : model.value().equals(p));
    }
  }

  private TrustPolicy(List<Signer> signers) {
    this.signers = List.copyOf(signers);
    this.digest = Sha256.of(toJson());
  }

  /** Begins a policy that accepts nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the signers, by name. */
  public List<Signer> signers() {
    return signers;
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
    for (Signer signer : signers) {
      ObjectNode out = list.addObject();
      out.put("name", signer.name());
      out.put("key", signer.key().toPem());
      ArrayNode models = out.putArray("models");
      signer.models().stream().sorted().forEach(models::add);
    }
    return CanonicalJson.write(root);
  }

  private static TrustException malformed(String message, String subject) {
    return new TrustException(TrustException.Reason.MALFORMED, message, subject);
  }

  /** Collects signers. Not thread-safe. */
  public static final class Builder {
    private final List<Signer> signers = new ArrayList<>();

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
      signers.add(new Signer(name, key, List.of(models)));
      return this;
    }

    /**
     * Returns the policy.
     *
     * @throws TrustException with {@code MALFORMED} if there is no signer, or if two have the same
     *     name or the same key: a receipt could not say which one it was
     */
    public TrustPolicy build() {
      Set<Object> seen = new HashSet<>();
      for (Signer signer : signers) {
        if (!seen.add(signer.name()) || !seen.add(signer.key())) {
          throw malformed(
              "Two signers have the same name or the same key: name each key once.", signer.name());
        }
      }
      if (signers.isEmpty()) {
        throw malformed("A policy without a signer accepts nothing: add one.", "signers");
      }
      return new TrustPolicy(signers.stream().sorted(Comparator.comparing(Signer::name)).toList());
    }
  }
}
