package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.tuf.RoleName;
import java.util.Optional;

/**
 * The cache in place of a repository, for an update without a network. What it returns is checked
 * like anything else, so that a cached file that is refused is refused with its own reason.
 */
final class CachedMetadata implements MetadataSource {
  private final TufStore store;

  CachedMetadata(TufStore store) {
    this.store = store;
  }

  @Override
  public Optional<byte[]> root(long version, int maxBytes) {
    return Optional.empty();
  }

  @Override
  public byte[] timestamp(int maxBytes) {
    return store
        .metadata(RoleName.TIMESTAMP, maxBytes)
        .orElseThrow(() -> notCached(RoleName.TIMESTAMP));
  }

  @Override
  public byte[] listed(String role, MetaFile listed, boolean consistentSnapshots, int maxBytes) {
    return store
        .metadata(role, maxBytes)
        .filter(raw -> isOfVersion(listed.version(), role, raw))
        .orElseThrow(() -> notCached(role));
  }

  private static boolean isOfVersion(long version, String role, byte[] raw) {
    try {
      return SignedMetadata.parse(role, raw).signed().integer("version") == version;
    } catch (TufException | JsonFault e) {
      return false;
    }
  }

  private static TufException notCached(String role) {
    return new TufException(
        TufException.Reason.UNAVAILABLE,
        "The current metadata of '" + role + "' is not on this device: refresh, with a network.",
        role);
  }
}
