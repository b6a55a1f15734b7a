package io.edgellm.store;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures a store. */
final class Measurement {
  private final StoreAccess access;
  private final BlobStore blobs;

  Measurement(StoreAccess access, BlobStore blobs) {
    this.access = access;
    this.blobs = blobs;
  }

  StoreUsage take() throws IOException {
    StoreLayout layout = access.layout();
    return new StoreUsage(
        FileSizes.bytes(layout.counted()),
        FileSizes.bytes(layout.blobs()),
        FileSizes.bytes(layout.partials()),
        FileSizes.bytes(layout.quarantine()),
        access.isWritable() ? blobs.promisedBytes() : 0,
        UsageScan.models(layout),
        downloads(),
        access.disk().usableBytes(layout.root()),
        access.options().quotaBytes());
  }

  private List<StoreUsage.Download> downloads() throws IOException {
    List<StoreUsage.Download> downloads = new ArrayList<>();
    for (Path part : FileTree.children(access.layout().partials())) {
      Optional<Sha256> digest = StoreLayout.partialDigest(part);
      Optional<BasicFileAttributes> found = PlainFile.attributes(part);
      if (digest.isPresent() && found.isPresent() && found.get().isRegularFile()) {
        downloads.add(
            new StoreUsage.Download(
                digest.get(), found.get().size(), found.get().lastModifiedTime().toInstant()));
      }
    }
    return downloads;
  }
}
