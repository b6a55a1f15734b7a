package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What tenants were promised by a store, from what they said until they were cut off, and whether
 * the store keeps it.
 *
 * <p>What was acknowledged must be there. What was under way may be done or not, and nothing else
 * may have happened. Only garbage that a tenant collected may be there or not, since the order of
 * what several say is not known.
 */
final class TenantPromises {
  private final Map<ModelId, String> acknowledged = new TreeMap<>();
  private final Map<ModelId, String> underWay = new TreeMap<>();
  private final Set<String> versions;
  private final Set<String> blobs;
  private final Set<String> versionsUnderWay = new TreeSet<>();
  private final List<String> wrong = new ArrayList<>();
  private boolean collected;
  private int steps;

  /** Begins with what is known of the store. */
  TenantPromises(StoreFacts before, List<ModelId> models) {
    for (ModelId model : models) {
      ModelState state = before.state(model);
      acknowledged.put(model, String.valueOf(state == null ? ModelState.none(model) : state));
    }
    underWay.putAll(acknowledged);
    versions = new TreeSet<>(before.versions());
    blobs = new TreeSet<>(before.blobs());
  }

  /** Returns how many steps were acknowledged. */
  int steps() {
    return steps;
  }

  void hear(String line) {
    String[] words = line.split("\t", -1);
    if (words.length != 5) {
      wrong.add(line);
      return;
    }
    ModelId model = new ModelId(words[1]);
    switch (words[0]) {
      case "try" -> begin(model, words[2], words[3], words[4]);
      case "done" -> end(model, words[2], words[3], words[4]);
      case "refused" -> underWay.put(model, acknowledged.getOrDefault(model, ""));
      case "lost" -> {}
      default -> wrong.add(line);
    }
  }

  /** Hears what was said while the disk was going: what failed then says nothing of the store. */
  void hearAfterTheEnd(String line) {
    if (!line.startsWith("bad\t")) {
      hear(line);
    }
  }

  private void begin(ModelId model, String step, String what, String after) {
    underWay.put(model, after);
    switch (step) {
      case "install" -> versionsUnderWay.add(model + " " + what);
      case "remove" -> {
        versionsUnderWay.add(model + " " + what);
        versions.remove(model + " " + what);
      }
      case "collect" -> collected = true;
      default -> {}
    }
  }

  private void end(ModelId model, String step, String what, String now) {
    steps++;
    if (!now.equals(underWay.get(model))) {
      wrong.add(step + " led to " + now + ", due was " + underWay.get(model));
    }
    acknowledged.put(model, now);
    switch (step) {
      case "fetch" -> blobs.add("sha256-" + what);
      case "install" -> {
        versions.add(model + " " + what);
        versionsUnderWay.remove(model + " " + what);
      }
      case "remove" -> versionsUnderWay.remove(model + " " + what);
      default -> {}
    }
  }

  /** Returns what is not as it was promised. */
  List<String> broken(StoreFacts seen) {
    List<String> broken = new ArrayList<>(wrong);
    for (ModelId model : acknowledged.keySet()) {
      ModelState found = seen.state(model);
      ModelState state = found == null ? ModelState.none(model) : found;
      requireOneOf(
          state, acknowledged.getOrDefault(model, ""), underWay.getOrDefault(model, ""), broken);
      for (ModelVersion pin : state.pins()) {
        requireThere("pinned", model + " " + pin, seen.versions(), broken);
      }
    }
    if (!collected) {
      versions.forEach(version -> requireThere("installed", version, seen.versions(), broken));
      blobs.forEach(blob -> requireThere("fetched", blob, seen.blobs(), broken));
    }
    seen.versions().stream()
        .filter(v -> Stream.of(versions, versionsUnderWay).noneMatch(known -> known.contains(v)))
        .forEach(version -> broken.add("'" + version + "' was removed and is there."));
    return broken;
  }

  private static void requireOneOf(
      ModelState state, String acknowledged, String due, List<String> broken) {
    String seen = String.valueOf(state);
    if (!seen.equals(acknowledged) && !seen.equals(due)) {
      broken.add(
          "The state is " + seen + ", acknowledged was " + acknowledged + ", due " + due + ".");
    }
  }

  private static void requireThere(String how, String what, Set<String> seen, List<String> broken) {
    if (!seen.contains(what)) {
      broken.add("'" + what + "' was " + how + " and is gone.");
    }
  }
}
