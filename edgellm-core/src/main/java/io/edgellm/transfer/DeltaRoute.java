package io.edgellm.transfer;

import io.edgellm.delta.DeltaDecoder;
import io.edgellm.delta.DeltaException;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreException;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shorter way to a file, where there is one: a delta from a file that the store has.
 *
 * <p>The delta is a file like others until it is applied: it comes in verified chunks, is gone on
 * with after an interruption, and counts in the quota. What it makes is verified chunk by chunk as
 * if it had come from outside; whatever is then still missing comes in full. So a delta that is of
 * no use costs its bytes and nothing else.
 */
final class DeltaRoute {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaRoute.class);

  /** A delta that is hardly shorter costs time and saves nothing worth it. */
  private static final double LARGEST_SHARE = 0.6;

  private final ModelStore store;
  private final BlobFetcher fetcher;
  private final ReleaseManifest manifest;
  private final TransferControl control;
  private final DeliveryProgress progress;

  DeltaRoute(
      ModelStore store,
      BlobFetcher fetcher,
      ReleaseManifest manifest,
      TransferControl control,
      DeliveryProgress progress) {
    this.store = store;
    this.fetcher = fetcher;
    this.manifest = manifest;
    this.control = control;
    this.progress = progress;
  }

  /** Brings as much of a file as a delta can make; all of it, or nothing, in most cases. */
  void take(BlobChunks file) {
    for (Delta delta : manifest.deltasTo(file.artifact().sha256())) {
      if (!file.isComplete() && isShort(delta, file.artifact())) {
        take(delta, file);
      }
    }
  }

  private static boolean isShort(Delta delta, Artifact file) {
    return (double) delta.file().sizeBytes() <= LARGEST_SHARE * (double) file.sizeBytes();
  }

  private void take(Delta delta, BlobChunks file) {
    try (FileChannel base = store.readBlob(delta.base()).orElse(null)) {
      if (base != null) {
        take(delta, base, file);
      }
    } catch (IOException e) {
      LOG.debug("cannot close the base of {}", delta.file().path(), e);
    }
  }

  private void take(Delta delta, FileChannel base, BlobChunks file) {
    try (PartialBlob partial = open(delta).orElse(null)) {
      if (partial == null) {
        return;
      }
      if (missingBytes(partial.chunks()) < missingBytes(file)) {
        take(delta, base, partial, file);
      } else {
        partial.discard();
      }
    }
  }

  /** No room for the delta beside the file, or somebody else who fetches it: then without it. */
  private Optional<PartialBlob> open(Delta delta) {
    try {
      return store.openPartial(delta.file());
    } catch (StoreException e) {
      LOG.debug("cannot take the delta {}", delta.file().path(), e);
      return Optional.empty();
    }
  }

  private void take(Delta delta, FileChannel base, PartialBlob partial, BlobChunks file) {
    long cost = missingBytes(partial.chunks());
    long gain = missingBytes(file);
    progress.replace(file.artifact(), delta.file());
    progress.enter(Phase.DELTA);
    try {
      fetcher.fetch(partial.chunks(), progress);
      apply(delta, base, partial, file);
      progress.onEvent(new TransferEvent.DeltaApplied(file.artifact(), delta.file(), gain - cost));
    } catch (TransferException e) {
      if (!isUseless(e)) {
        throw e;
      }
      giveUp(delta, file, e);
    } catch (DeltaException e) {
      requireNoInterrupt(file, e);
      giveUp(delta, file, e);
    } catch (StoreException e) {
      requireNoInterrupt(file, e);
      throw e;
    }
    partial.discard();
  }

  /** A channel that an interrupt has closed looks like one that fails. */
  private static void requireNoInterrupt(BlobChunks file, EdgeLlmException e) {
    if (Thread.currentThread().isInterrupted()) {
      throw Refusals.interrupted(file.artifact().path(), e);
    }
  }

  /** What passes, or what somebody wanted, holds for the file in full as well. */
  private static boolean isUseless(TransferException e) {
    return switch (e.reason()) {
      case NOT_FOUND, CORRUPT, REFUSED -> true;
      default -> false;
    };
  }

  private void apply(Delta delta, FileChannel base, PartialBlob partial, BlobChunks file) {
    try (FileChannel bytes = FileChannel.open(partial.path(), StandardOpenOption.READ)) {
      decode(DeltaDecoder.open(delta, bytes, base), delta, file);
    } catch (EdgeLlmException e) {
      throw e;
    } catch (RuntimeException e) {
      // Somebody else wrote the delta: whatever it does to the decoder, it must not keep a release
      // from a device that can have the file in full.
      throw new DeltaException(
          DeltaException.Reason.MALFORMED,
          "The delta '"
              + delta.file().path()
              + "' cannot be applied ("
              + e
              + "): fetch the file in full, and publish the release again.",
          delta.file().path(),
          e);
    } catch (IOException e) {
      throw new DeltaException(
          DeltaException.Reason.IO,
          "The delta '" + delta.file().path() + "' cannot be read: check the disk.",
          delta.file().path(),
          e);
    }
  }

  private void decode(DeltaDecoder decoder, Delta delta, BlobChunks file) {
    if (decoder.targetBytes() != file.artifact().sizeBytes()) {
      throw new DeltaException(
          DeltaException.Reason.MALFORMED,
          "The delta '"
              + delta.file().path()
              + "' makes a file of "
              + decoder.targetBytes()
              + " bytes, and the release has one of "
              + file.artifact().sizeBytes()
              + ": fetch the file in full, and publish the release again.",
          delta.file().path());
    }
    String path = file.artifact().path();
    decoder.decode(
        file.missing(),
        (chunk, bytes) -> {
          if (control.awaitRunning(path, progress)) {
            progress.enter(Phase.DELTA);
          }
          return file.write(chunk, bytes);
        });
  }

  private void giveUp(Delta delta, BlobChunks file, EdgeLlmException why) {
    progress.replace(delta.file(), file.artifact());
    progress.onEvent(new TransferEvent.DeltaFailed(file.artifact(), delta.file(), why));
  }

  private static long missingBytes(BlobChunks file) {
    return file.artifact().sizeBytes() - file.verifiedBytes();
  }
}
