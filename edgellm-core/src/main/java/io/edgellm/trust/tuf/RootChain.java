package io.edgellm.trust.tuf;

import io.edgellm.internal.tuf.RoleName;
import java.util.Optional;

/**
 * The way from the pinned root to the current one: each root is signed by the one before it and by
 * itself, and its version is the next one.
 *
 * <p>Roots of earlier refreshes are taken from the store, and verified like those from the
 * repository; so a replaced file there is worth nothing.
 */
final class RootChain {
  private final TufStore store;
  private final MetadataSource source;
  private final TufLimits limits;

  RootChain(TufStore store, MetadataSource source, TufLimits limits) {
    this.store = store;
    this.source = source;
    this.limits = limits;
  }

  /**
   * Returns the newest root that can be had, expired or not, and keeps it.
   *
   * @throws TufException if the pinned root, or one of the repository, is not right
   */
  RootMetadata follow(byte[] pinned) {
    Link link = cached(new Link(pinned, RootMetadata.selfSigned(parse(pinned))));
    store.putMetadata(RoleName.ROOT, link.raw);
    for (int i = 0; i < limits.rootRotations(); i++) {
      long next = link.root.header().version() + 1;
      Optional<byte[]> raw = source.root(next, limits.rootBytes());
      if (raw.isEmpty()) {
        break;
      }
      link = new Link(raw.get(), successor(link.root, raw.get()));
      store.putRoot(next, link.raw);
      store.putMetadata(RoleName.ROOT, link.raw);
    }
    return link.root;
  }

  private Link cached(Link pinned) {
    Link link = pinned;
    while (true) {
      Optional<byte[]> raw = store.root(link.root.header().version() + 1, limits.rootBytes());
      if (raw.isEmpty()) {
        return link;
      }
      try {
        link = new Link(raw.get(), successor(link.root, raw.get()));
      } catch (TufException e) {
        return link;
      }
    }
  }

  private static RootMetadata successor(RootMetadata trusted, byte[] raw) {
    SignedMetadata metadata = parse(raw);
    trusted.keys(RoleName.ROOT).require(metadata);
    RootMetadata next = RootMetadata.selfSigned(metadata);
    long expected = trusted.header().version() + 1;
    if (next.header().version() != expected) {
      throw new TufException(
          TufException.Reason.ROLLBACK,
          "Version "
              + expected
              + " of the root says that it is version "
              + next.header().version()
              + ": ask the publisher.",
          RoleName.ROOT);
    }
    return next;
  }

  private static SignedMetadata parse(byte[] raw) {
    return SignedMetadata.parse(RoleName.ROOT, raw);
  }

  private static final class Link {
    final byte[] raw;
    final RootMetadata root;

    Link(byte[] raw, RootMetadata root) {
      this.raw = raw;
      this.root = root;
    }
  }
}
