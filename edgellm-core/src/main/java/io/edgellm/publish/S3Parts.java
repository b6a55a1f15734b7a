package io.edgellm.publish;

import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import io.edgellm.transfer.s3.S3Objects;
import io.edgellm.transfer.s3.S3Objects.Part;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A large file on its way into a bucket, in parts.
 *
 * <p>An upload that was begun for the same object, by whomever, is gone on with: a part that the
 * store has with the size and the MD5 that it must have is not sent again. A store that encrypts
 * with a key of its own does not tell MD5, and gets every part again. If somebody ends the upload
 * meanwhile, either the object is there, or it begins anew.
 */
final class S3Parts {
  private static final Logger LOG = LoggerFactory.getLogger(S3Parts.class);
  private static final int MAX_PARTS = 10_000;
  private static final int ROUNDS = 3;

  private final S3Objects objects;
  private final String path;
  private final Map<String, String> headers;
  private final BlobReader reader;
  private final long partBytes;
  private final int parallel;

  S3Parts(
      S3Objects objects,
      String path,
      Map<String, String> headers,
      BlobReader reader,
      long partBytes,
      int parallel) {
    this.objects = objects;
    this.path = path;
    this.headers = headers;
    this.reader = reader;
    this.partBytes = sizeOfParts(reader.blob().sizeBytes(), partBytes);
    this.parallel = parallel;
  }

  /** So many that no file has more parts than a store takes. */
  private static long sizeOfParts(long sizeBytes, long smallest) {
    long most = (sizeBytes + MAX_PARTS - 1) / MAX_PARTS;
    return most <= smallest ? smallest : (most + smallest - 1) / smallest * smallest;
  }

  /**
   * Sends what is missing, and makes the object of it.
   *
   * @param isThere says whether the object is
   */
  void send(Sending sending, BooleanSupplier isThere) {
    for (int round = 1; round <= ROUNDS; round++) {
      if (isSent(sending) || sending.trying(path, isThere::getAsBoolean)) {
        return;
      }
    }
    throw new TransferException(
        Reason.REFUSED,
        "The upload of '"
            + path
            + "' was ended "
            + ROUNDS
            + " times by somebody else: look at who"
            + " else writes into the bucket, and at the rules that clear it.",
        path);
  }

  private boolean isSent(Sending sending) {
    Optional<String> begun = sending.trying(path, this::begun);
    Map<Integer, Part> known =
        begun.isPresent() ? sending.trying(path, () -> known(begun.get())) : Map.of();
    String upload =
        begun.orElseGet(
            () -> sending.trying(path, () -> objects.begin(path, headers, sending.control())));
    Optional<List<Part>> parts = new Workers(upload, known, sending).run();
    return parts.isPresent()
        && sending.trying(
            path, () -> objects.complete(path, upload, parts.get(), sending.control()));
  }

  /** The newest one; others are cleared away some day. */
  private Optional<String> begun() {
    return unlessForbidden(
            () ->
                objects.uploads(path).stream()
                    .filter(upload -> upload.path().equals(path))
                    .max(Comparator.comparing(S3Objects.OpenUpload::begun)))
        .map(S3Objects.OpenUpload::id);
  }

  private Map<Integer, Part> known(String upload) {
    Map<Integer, Part> parts = new HashMap<>();
    unlessForbidden(() -> Optional.of(objects.parts(path, upload)))
        .ifPresent(list -> list.forEach(part -> parts.put(part.number(), part)));
    return parts;
  }

  private interface Asking<T> {
    Optional<T> run();
  }

  /** Who may not list uploads sends them from their beginning. */
  private static <T> Optional<T> unlessForbidden(Asking<T> asking) {
    try {
      return asking.run();
    } catch (TransferException e) {
      if (e.reason() == Reason.FORBIDDEN
          || e.reason() == Reason.REFUSED
          || e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Threads that send one part each at a time. */
  private final class Workers {
    private final String upload;
    private final Map<Integer, Part> known;
    private final Sending sending;

    Workers(String upload, Map<Integer, Part> known, Sending sending) {
      this.upload = upload;
      this.known = known;
      this.sending = sending;
    }

    /** Returns all parts in their order; nothing if the upload is gone. */
    Optional<List<Part>> run() {
      int count = (int) ((reader.blob().sizeBytes() + partBytes - 1) / partBytes);
      List<Future<Optional<Part>>> queued = new ArrayList<>();
      ExecutorService threads = Executors.newFixedThreadPool(parallel, Workers::thread);
      try {
        CompletionService<Optional<Part>> work = new ExecutorCompletionService<>(threads);
        for (int number = 1; number <= count; number++) {
          int mine = number;
          queued.add(work.submit(() -> send(mine)));
        }
        return collect(work, count);
      } finally {
        end(threads, queued);
      }
    }

    /** What is on its way may arrive, unless nobody wants it any more. */
    private void end(ExecutorService threads, List<Future<Optional<Part>>> queued) {
      queued.forEach(part -> part.cancel(false));
      threads.shutdown();
      try {
        while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
          LOG.debug("waiting for parts of {} that are on their way", path);
        }
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }

    private static Thread thread(Runnable work) {
      Thread thread = new Thread(work, "edgellm-upload");
      thread.setDaemon(true);
      return thread;
    }

    private Optional<List<Part>> collect(CompletionService<Optional<Part>> work, int count) {
      List<Part> parts = new ArrayList<>();
      while (parts.size() < count) {
        try {
          Optional<Part> part = work.take().get();
          if (part.isEmpty()) {
            return Optional.empty();
          }
          parts.add(part.get());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new TransferException(
              Reason.CANCELLED,
              "The push of '" + path + "' was cancelled; the parts that went are kept.",
              path,
              e);
        } catch (ExecutionException e) {
          throw e.getCause() instanceof RuntimeException cause
              ? cause
              : new IllegalStateException(e.getCause());
        }
      }
      parts.sort(Comparator.comparingInt(Part::number));
      return Optional.of(parts);
    }

    private Optional<Part> send(int number) {
      long offset = (number - 1) * partBytes;
      long size = Math.min(partBytes, reader.blob().sizeBytes() - offset);
      UploadBody body = reader.checked(offset, size);
      Part there = known.get(number);
      if (there != null && there.sizeBytes() == size && hasMd5(body, there.entityTag())) {
        sending.progress().found(size);
        return Optional.of(there);
      }
      return sending.counting(
          reader.blob().path(),
          body,
          counted -> objects.part(path, upload, number, counted, sending.control()));
    }

    private static boolean hasMd5(UploadBody body, String entityTag) {
      try {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        body.readInto((buffer, length) -> md5.update(buffer, 0, length));
        return entityTag.replace("\"", "").equals(HexFormat.of().formatHex(md5.digest()));
      } catch (NoSuchAlgorithmException e) {
        // Some platforms have no MD5 any more.
        return false;
      }
    }
  }
}
