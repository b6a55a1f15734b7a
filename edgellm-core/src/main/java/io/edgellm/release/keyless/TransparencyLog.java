package io.edgellm.release.keyless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.oms.DsseEnvelope;
import io.edgellm.trust.oms.Octets;
import io.edgellm.trust.oms.Pem;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A Rekor, version 1: records signatures for everybody to see (<a
 * href="https://github.com/sigstore/rekor/blob/main/openapi.yaml">its interface</a>, entries of the
 * kind <i>dsse</i> 0.0.1).
 */
final class TransparencyLog {
  private static final String JSON = "application/json";
  private static final String KIND = "dsse";
  private static final String VERSION = "0.0.1";

  private final URI address;
  private final ServiceClient client;

  TransparencyLog(SigstoreServices services) {
    this.address = URI.create(services.log() + "/api/v1/log/entries");
    this.client = new ServiceClient("The transparency log", services.timeout());
  }

  /**
   * Records an envelope, and returns the entry in the form of bundles. Whether it is an entry about
   * this envelope, and in the log, is for the verifier to say.
   *
   * @throws ReleaseException with {@code UNTRUSTED} if the log refuses the envelope or answers
   *     something else than an entry, or {@code UNREACHABLE}
   */
  ObjectNode record(DsseEnvelope envelope, Octets certificate) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("apiVersion", VERSION).put("kind", KIND);
    ObjectNode proposed = request.putObject("spec").putObject("proposedContent");
    proposed.put(
        "envelope", new String(CanonicalJson.write(json(envelope)), StandardCharsets.UTF_8));
    String pem = new Pem("CERTIFICATE", certificate).text();
    proposed.putArray("verifiers").add(base64(pem.getBytes(StandardCharsets.UTF_8)));
    byte[] answer =
        client.expect(
            201,
            client.post(address, JSON, JSON, CanonicalJson.write(request)),
            ReleaseException.Reason.UNTRUSTED);
    try {
      return entry(JsonFields.of(StrictJson.parse(answer)));
    } catch (JsonFault e) {
      throw untrusted(e.path() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw untrusted("a hash in it is not hexadecimal", e);
    }
  }

  static ObjectNode json(DsseEnvelope envelope) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("payload", base64(envelope.payload().toBytes()));
    json.put("payloadType", envelope.payloadType());
    json.putArray("signatures").addObject().put("sig", base64(envelope.signature().toBytes()));
    return json;
  }

  private ObjectNode entry(JsonFields answer) throws JsonFault {
    if (answer.json().size() != 1) {
      throw untrusted("it holds " + answer.json().size() + " entries instead of one", null);
    }
    JsonFields logged = answer.object(answer.json().fieldNames().next());
    JsonFields verification = logged.object("verification");
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("logIndex", Long.toString(logged.integer("logIndex")));
    entry.putObject("logId").put("keyId", base64(hex(logged.text("logID"))));
    entry.putObject("kindVersion").put("kind", KIND).put("version", VERSION);
    entry.put("integratedTime", Long.toString(logged.integer("integratedTime")));
    entry
        .putObject("inclusionPromise")
        .put("signedEntryTimestamp", verification.text("signedEntryTimestamp"));
    entry.set("inclusionProof", proof(verification.object("inclusionProof")));
    entry.put("canonicalizedBody", logged.text("body"));
    return entry;
  }

  private static JsonNode proof(JsonFields f) throws JsonFault {
    ObjectNode proof = JsonNodeFactory.instance.objectNode();
    proof.put("logIndex", Long.toString(f.integer("logIndex")));
    proof.put("rootHash", base64(hex(f.text("rootHash"))));
    proof.put("treeSize", Long.toString(f.integer("treeSize")));
    ArrayNode hashes = proof.putArray("hashes");
    f.texts("hashes").forEach(hash -> hashes.add(base64(hex(hash))));
    proof.putObject("checkpoint").put("envelope", f.text("checkpoint"));
    return proof;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private ReleaseException untrusted(String why, @Nullable Exception cause) {
    return new ReleaseException(
        ReleaseException.Reason.UNTRUSTED,
        "The answer of the transparency log cannot be used ("
            + why
            + "): the signature is not handed out.",
        address.getHost(),
        cause);
  }
}
