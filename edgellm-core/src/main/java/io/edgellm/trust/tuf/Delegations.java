package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.MetadataKey;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** To whom a targets role delegates which paths. */
sealed interface Delegations {
  /** Returns who may speak for a path, in the order in which they are asked. */
  List<Delegate> responsibleFor(String path);

  /**
   * Somebody who may speak for a path.
   *
   * @param role its name
   * @param keys who signs for it
   * @param terminating whether nobody after it is asked
   */
  record Delegate(String role, RoleKeys keys, boolean terminating) {}

  static Delegations none() {
    return new Named(List.of());
  }

  static Delegations read(String name, JsonFields delegations) throws JsonFault {
    Map<String, MetadataKey> keys = RoleKeys.readKeys(name, delegations);
    if (delegations.has("roles") == delegations.has("succinct_roles")) {
      throw TufException.malformed(name, "delegations need either 'roles' or 'succinct_roles'");
    }
    return delegations.has("roles")
        ? Named.read(name, delegations.objects("roles"), keys)
        : Succinct.read(name, delegations.object("succinct_roles"), keys);
  }

  /** Roles with a name and the paths they may speak for. */
  record Named(List<Role> roles) implements Delegations {
    /** One of them. */
    record Role(Delegate delegate, PathSet paths) {}

    static Named read(String name, List<JsonFields> all, Map<String, MetadataKey> keys)
        throws JsonFault {
      List<Role> roles = new ArrayList<>();
      Set<String> names = new HashSet<>();
      for (JsonFields role : all) {
        String delegate = role.text("name");
        if (!RoleName.isDelegable(delegate) || !names.add(delegate)) {
          throw TufException.malformed(
              name, role.at("name") + " is empty, too long, reserved or not unique");
        }
        boolean terminating = role.bool("terminating");
        roles.add(
            new Role(
                new Delegate(delegate, RoleKeys.read(name, role, keys), terminating),
                PathSet.read(name, role)));
      }
      return new Named(List.copyOf(roles));
    }

    @Override
    public List<Delegate> responsibleFor(String path) {
      return roles.stream().filter(r -> r.paths().contains(path)).map(Role::delegate).toList();
    }
  }

  /**
   * Numbered bins with the same keys, of which the first bits of the path's SHA-256 choose one (TAP
   * 15).
   */
  record Succinct(String prefix, int bits, RoleKeys keys) implements Delegations {
    private static final int MAX_BITS = 32;

    static Succinct read(String name, JsonFields roles, Map<String, MetadataKey> keys)
        throws JsonFault {
      long bits = roles.integer("bit_length");
      String prefix = roles.text("name_prefix");
      if (bits < 1 || bits > MAX_BITS || !RoleName.isDelegable(prefix + "-00000000")) {
        throw TufException.malformed(name, "'succinct_roles' has too many bits or a bad name");
      }
      return new Succinct(prefix, (int) bits, RoleKeys.read(name, roles, keys));
    }

    @Override
    public List<Delegate> responsibleFor(String path) {
      String digest = Sha256.of(path.getBytes(StandardCharsets.UTF_8)).hex();
      long bin = Long.parseLong(digest.substring(0, 8), 16) >>> (MAX_BITS - bits);
      int digits = Long.toHexString((1L << bits) - 1).length();
      String number = String.format("%0" + digits + "x", bin);
      return List.of(new Delegate(prefix + "-" + number, keys, true));
    }
  }
}
