package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.SignedRelease;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the next versions of metadata, starting from one state of a repository. What is called
 * later builds on what was called before.
 */
final class RepositoryEditor {
  private static final Set<String> ONLINE = Set.of(RoleName.SNAPSHOT, RoleName.TIMESTAMP);

  private final TufContext context;
  private final RepositoryState before;
  private final VersionMarks versions;
  private final Map<String, ObjectNode> contents = new LinkedHashMap<>();
  private final Map<String, TufRole> changed = new HashMap<>();
  private final Map<String, byte[]> targets = new TreeMap<>();

  RepositoryEditor(TufContext context, RepositoryState before) {
    this.context = context;
    this.before = before;
    this.versions = new VersionMarks(context.files());
  }

  TufChange create(TufPlan plan) {
    if (!before.isEmpty()) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "There is a repository here already: change it, or choose another directory.",
          context.files().root().toString());
    }
    ObjectNode root = content(RoleName.ROOT);
    root.put("consistent_snapshot", true);
    Map<String, TufRole> roles =
        Map.of(
            RoleName.ROOT, plan.root(),
            RoleName.TARGETS, plan.targets(),
            RoleName.SNAPSHOT, plan.snapshot(),
            RoleName.TIMESTAMP, plan.timestamp());
    roles.forEach((name, role) -> RoleEntries.put(root, rootEntry(root, name), role));
    content(RoleName.TARGETS).putObject("targets");
    changed.putAll(roles);
    return change();
  }

  private static ObjectNode rootEntry(ObjectNode root, String name) {
    return root.withObject("roles").withObject(name);
  }

  TufChange delegate(ModelId line, TufRole role) {
    String name = ModelLine.role(line);
    if (before.role(name).isPresent()) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "Somebody signs for '" + line + "' already: change the keys of '" + name + "' instead.",
          name);
    }
    ObjectNode delegations = content(RoleName.TARGETS).withObject("delegations");
    ObjectNode entry = delegations.withArray("roles").addObject();
    entry.put("name", name).put("terminating", true);
    ModelLine.patterns(line).forEach(entry.putArray("paths")::add);
    RoleEntries.put(delegations, entry, role);
    lineTargets(line).writeIndex();
    changed.put(name, role);
    return change();
  }

  TufChange addWritten(List<SignedRelease> releases) {
    for (SignedRelease release : releases) {
      before.requireRole(ModelLine.role(release.manifest().model()));
      lineTargets(release.manifest().model()).requireWritten(release);
    }
    return add(releases);
  }

  TufChange add(List<SignedRelease> releases) {
    for (SignedRelease release : releases) {
      requireRole(ModelLine.role(release.manifest().model()));
      lineTargets(release.manifest().model()).add(release);
    }
    releases.forEach(release -> lineTargets(release.manifest().model()).writeIndex());
    return change();
  }

  TufChange withdraw(ModelId line, List<ModelVersion> withdrawn) {
    before.requireRole(ModelLine.role(line));
    LineTargets of = lineTargets(line);
    withdrawn.forEach(of::remove);
    of.writeIndex();
    return change();
  }

  private LineTargets lineTargets(ModelId line) {
    return new LineTargets(context.files(), line, content(ModelLine.role(line)), targets);
  }

  TufChange rekey(Map<String, TufRole> roles) {
    for (Map.Entry<String, TufRole> e : new TreeMap<>(roles).entrySet()) {
      before.requireRole(e.getKey());
      if (RoleName.TOP_LEVEL.contains(e.getKey())) {
        ObjectNode root = content(RoleName.ROOT);
        RoleEntries.put(root, rootEntry(root, e.getKey()), e.getValue());
        RoleEntries.prune(root, root.get("roles"));
      } else {
        rekeyLine(e.getKey(), e.getValue());
      }
      if (!ONLINE.contains(e.getKey())) {
        content(e.getKey());
      }
    }
    changed.putAll(roles);
    return change();
  }

  private void rekeyLine(String name, TufRole role) {
    ObjectNode delegations = content(RoleName.TARGETS).withObject("delegations");
    ArrayNode entries = delegations.withArray("roles");
    for (JsonNode entry : entries) {
      if (entry.path("name").asText().equals(name)) {
        RoleEntries.put(delegations, (ObjectNode) entry, role);
      }
    }
    RoleEntries.prune(delegations, entries);
  }

  TufChange renew(List<String> roles) {
    for (String role : roles) {
      if (ONLINE.contains(role)) {
        throw new IllegalArgumentException("Each publication renews '" + role + "' by itself.");
      }
      before.requireRole(role);
      content(role);
    }
    return change();
  }

  /** Returns what the next version of a role will say, at first the same as the current one. */
  private ObjectNode content(String role) {
    return contents.computeIfAbsent(
        role,
        r -> before.document(r).map(MetadataDocument::signed).orElseGet(MetadataDocument::content));
  }

  /** Returns who signs for a role once this is published. */
  private TufRole requireRole(String name) {
    TufRole role = changed.get(name);
    return role != null ? role : before.requireRole(name);
  }

  /** Returns all that was changed so far. */
  private TufChange change() {
    Map<String, MetadataDocument> documents = new LinkedHashMap<>();
    Map<String, Long> base = new HashMap<>();
    contents.forEach(
        (name, content) -> {
          TufRole role = requireRole(name);
          documents.put(
              name,
              MetadataDocument.unsigned(
                  name,
                  content,
                  versions.next(name, before),
                  context.clock().instant(),
                  role.validity()));
          base.put(name, before.version(name));
        });
    return new TufChange(context, before, base, documents.values(), targets);
  }
}
