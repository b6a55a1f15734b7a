package io.edgellm.trust.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.RoleName;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The highest versions that were ever verified here, apart from the cached metadata, so that a
 * cache that was lost or damaged does not let an older repository in.
 *
 * <p>The marks hold as long as who signed them can still sign. When the root excludes a key of
 * timestamp or snapshot, the repository may have been in wrong hands, which can set versions
 * arbitrarily high: the marks of timestamp, snapshot and targets then start anew.
 *
 * @param root the version of the root
 * @param timestamp the version of the timestamp
 * @param snapshot the version of the snapshot
 * @param files the versions of the targets roles, by file name
 * @param signers who could sign timestamp and snapshot at that time
 */
record HighWaterMarks(
    long root,
    long timestamp,
    long snapshot,
    Map<String, Long> files,
    Map<String, Signers> signers) {

  static final HighWaterMarks NONE = new HighWaterMarks(0, 0, 0, Map.of(), Map.of());

  private static final Set<String> SIGNING = Set.of(RoleName.TIMESTAMP, RoleName.SNAPSHOT);

  /** Keys and threshold of a role. */
  record Signers(long threshold, Set<String> keys) {
    static Signers of(RoleKeys keys) {
      return new Signers(keys.threshold(), keys.materials());
    }
  }

  /**
   * Takes over a root.
   *
   * @throws TufException with {@code ROLLBACK} if a newer one was seen
   */
  HighWaterMarks under(RootMetadata trusted) {
    requireNotBelow(trusted.header(), root);
    Map<String, Signers> current = new HashMap<>();
    SIGNING.forEach(role -> current.put(role, Signers.of(trusted.keys(role))));
    return isRotatedBy(trusted)
        ? new HighWaterMarks(trusted.header().version(), 0, 0, Map.of(), current)
        : new HighWaterMarks(trusted.header().version(), timestamp, snapshot, files, current);
  }

  /** Returns whether a key of timestamp or snapshot was withdrawn since. */
  boolean isRotatedBy(RootMetadata trusted) {
    return signers.entrySet().stream()
        .anyMatch(
            e -> trusted.keys(e.getKey()).excludes(e.getValue().threshold(), e.getValue().keys()));
  }

  /**
   * @throws TufException with {@code ROLLBACK}
   */
  void requireNotBelow(TimestampMetadata offered) {
    requireNotBelow(offered.header(), timestamp);
    if (offered.snapshot().version() < snapshot) {
      throw rollback(RoleName.SNAPSHOT, offered.snapshot().version(), snapshot);
    }
  }

  /**
   * @throws TufException with {@code ROLLBACK}, also if a file is not listed any more
   */
  void requireNotBelow(SnapshotMetadata offered) {
    files.forEach(
        (file, version) -> {
          MetaFile listed = offered.files().get(file);
          if (listed == null || listed.version() < version) {
            throw rollback(file, listed == null ? 0 : listed.version(), version);
          }
        });
  }

  private static void requireNotBelow(MetadataHeader offered, long mark) {
    if (offered.version() < mark) {
      throw rollback(offered.name(), offered.version(), mark);
    }
  }

  private static TufException rollback(String name, long offered, long mark) {
    return new TufException(
        TufException.Reason.ROLLBACK,
        "The repository offers version "
            + offered
            + " of '"
            + name
            + "', and version "
            + mark
            + " was seen before: somebody offers an old repository, or the publisher restored one"
            + " and must publish again with higher versions or other keys.",
        name);
  }

  HighWaterMarks raisedBy(TimestampMetadata trusted) {
    return new HighWaterMarks(
        root,
        Math.max(timestamp, trusted.header().version()),
        Math.max(snapshot, trusted.snapshot().version()),
        files,
        signers);
  }

  HighWaterMarks raisedBy(SnapshotMetadata trusted) {
    Map<String, Long> raised = new HashMap<>(files);
    trusted.versions().forEach((file, version) -> raised.merge(file, version, Math::max));
    return new HighWaterMarks(
        root, timestamp, Math.max(snapshot, trusted.header().version()), raised, signers);
  }

  byte[] toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", 1).put("root", root).put("timestamp", timestamp).put("snapshot", snapshot);
    ObjectNode versions = json.putObject("files");
    new TreeMap<>(files).forEach(versions::put);
    ObjectNode roles = json.putObject("signers");
    signers.forEach(
        (role, s) -> {
          ArrayNode keys = roles.putObject(role).put("threshold", s.threshold()).putArray("keys");
          s.keys().forEach(keys::add);
        });
    return CanonicalJson.write(json);
  }

  /** Reads marks; damaged ones count as none, since the cached metadata holds most of them. */
  static HighWaterMarks fromJson(byte[] bytes) {
    try {
      JsonFields json = JsonFields.of(StrictJson.parse(bytes));
      JsonFields files = json.object("files");
      Map<String, Long> versions = new HashMap<>();
      for (Map.Entry<String, JsonNode> e : files.json().properties()) {
        versions.put(e.getKey(), files.integer(e.getKey()));
      }
      Map<String, Signers> signers = new HashMap<>();
      JsonFields roles = json.object("signers");
      for (String role : SIGNING) {
        if (roles.has(role)) {
          JsonFields s = roles.object(role);
          signers.put(role, new Signers(s.integer("threshold"), new TreeSet<>(s.texts("keys"))));
        }
      }
      return new HighWaterMarks(
          json.integer("root"),
          json.integer("timestamp"),
          json.integer("snapshot"),
          versions,
          signers);
    } catch (JsonFault e) {
      return NONE;
    }
  }
}
