package io.edgellm.trust.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.trust.oms.Octets;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a transparency log with the proof that it is in there.
 *
 * <p>Checked here is the shape of the proof: the index lies in the tree, the path has the length
 * that index and size of the tree give it (RFC 6962), and the checkpoint speaks of the same tree.
 * Hashes and signatures are sigstore-java's.
 *
 * @param json the entry as it was parsed
 * @param keyId the id of the log's key in base64
 * @param promisedAt when the log says that it took the entry, or null if it did not sign that time
 * @param body what the log recorded
 */
record LogEntry(JsonNode json, String keyId, @Nullable Instant promisedAt, Octets body) {
  private static final int HASH_BYTES = 32;
  // The end of the year 9999; Instant and the certificates can tell later times, people cannot.
  private static final long MAX_EPOCH_SECONDS = 253_402_300_799L;

  static LogEntry parse(JsonFields f) throws JsonFault {
    if (f.has("kindVersion")) {
      JsonFields kind = f.object("kindVersion");
      kind.textOrNull("kind");
      kind.textOrNull("version");
      kind.end();
    }
    whole(f, "logIndex");
    JsonFields id = f.object("logId");
    byte[] keyId = SignedBundle.base64(id, "keyId").toBytes();
    id.end();
    long integrated = whole(f, "integratedTime");
    boolean promised = promised(f);
    requireConsistentProof(f.object("inclusionProof"));
    Octets body = SignedBundle.base64(f, "canonicalizedBody");
    f.end();
    if (promised && (integrated == 0 || integrated > MAX_EPOCH_SECONDS)) {
      throw SigstoreException.malformed(
          "The log promises an entry without a time.", f.at("integratedTime"));
    }
    return new LogEntry(
        f.json(),
        Base64.getEncoder().encodeToString(keyId),
        promised ? Instant.ofEpochSecond(integrated) : null,
        body);
  }

  private static boolean promised(JsonFields f) throws JsonFault {
    if (!f.has("inclusionPromise")) {
      return false;
    }
    JsonFields promise = f.object("inclusionPromise");
    boolean signed = SignedBundle.base64(promise, "signedEntryTimestamp").length() > 0;
    promise.end();
    return signed;
  }

  private static void requireConsistentProof(JsonFields f) throws JsonFault {
    long index = whole(f, "logIndex");
    long size = whole(f, "treeSize");
    byte[] root = SignedBundle.base64(f, "rootHash").toBytes();
    List<String> path = f.texts("hashes");
    JsonFields checkpoint = f.object("checkpoint");
    String note = checkpoint.text("envelope");
    checkpoint.end();
    f.end();
    if (index >= size || path.size() != pathLength(index, size)) {
      throw SigstoreException.malformed(
          "The proof of the log does not fit the size of its tree.", f.at("hashes"));
    }
    for (String hash : path) {
      if (SignedBundle.base64(hash, f.at("hashes")).length() != HASH_BYTES) {
        throw SigstoreException.malformed("A hash in the proof is no SHA-256.", f.at("hashes"));
      }
    }
    String[] lines = note.split("\n", -1);
    if (lines.length < 3
        || !lines[1].equals(Long.toString(size))
        || !Arrays.equals(SignedBundle.base64(lines[2], f.at("checkpoint")).toBytes(), root)) {
      throw SigstoreException.malformed(
          "The checkpoint of the log is of another tree than the proof.", f.at("checkpoint"));
    }
  }

  // Siblings up to where the path meets the right border of the tree, then those left of the
  // border.
  private static int pathLength(long index, long size) {
    int inner = Long.SIZE - Long.numberOfLeadingZeros(index ^ (size - 1));
    return inner + (inner == Long.SIZE ? 0 : Long.bitCount(index >>> inner));
  }

  /** Reads a number that is never negative, in either of the two forms of protocol buffers. */
  private static long whole(JsonFields f, String name) throws JsonFault {
    if (!f.has(name)) {
      return 0;
    }
    JsonNode node = f.json().get(name);
    long value = -1;
    if (node.isTextual() && node.textValue().matches("\\d{1,18}")) {
      value = Long.parseLong(node.textValue());
    } else if (node.isIntegralNumber() && node.canConvertToLong()) {
      value = node.longValue();
    }
    if (value < 0) {
      throw SigstoreException.malformed(
          "'" + f.at(name) + "' must be a whole number that is not negative.", f.at(name));
    }
    return value;
  }

  /** Returns the entry as JSON. */
  String toJson() {
    return new String(CanonicalJson.write(json), StandardCharsets.UTF_8);
  }

  /** Collects the times that the log signed. */
  List<Instant> promisedTimes() {
    List<Instant> times = new ArrayList<>();
    if (promisedAt != null) {
      times.add(promisedAt);
    }
    return times;
  }
}
