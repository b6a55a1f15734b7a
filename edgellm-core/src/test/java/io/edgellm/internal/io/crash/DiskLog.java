package io.edgellm.internal.io.crash;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a program did to a disk, in order.
 *
 * @param before what was durable before
 * @param operations what was done
 */
public record DiskLog(DiskTree before, List<DiskOperation> operations) {
  /** Copies the list. */
  public DiskLog {
    operations = List.copyOf(operations);
  }

  /** Returns how often the disk was changed or forced. */
  public long size() {
    return operations.stream().filter(o -> !(o instanceof DiskOperation.Acknowledged)).count();
  }

  /**
   * Returns all places from which force was called.
   *
   * @param naming gives paths that differ only by accident one name
   */
  public Set<ForceSite> forceSites(UnaryOperator<String> naming) {
    return new LinkedHashSet<>(sites(naming).values());
  }

  /**
   * Returns the log of a program that does not call force at one place. Since force changes nothing
   * that a running program sees, it would have done everything else in the same way.
   */
  public DiskLog without(ForceSite site, UnaryOperator<String> naming) {
    Map<Integer, ForceSite> sites = sites(naming);
    List<DiskOperation> kept = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      if (!site.equals(sites.get(i))) {
        kept.add(operations.get(i));
      }
    }
    return new DiskLog(before, kept);
  }

  private Map<Integer, ForceSite> sites(UnaryOperator<String> naming) {
    Map<Integer, ForceSite> sites = new LinkedHashMap<>();
    ForceSite.Naming sitesSoFar = new ForceSite.Naming(naming);
    for (int i = 0; i < operations.size(); i++) {
      int index = i;
      sitesSoFar.next(operations.get(i)).ifPresent(site -> sites.put(index, site));
    }
    return sites;
  }
}
