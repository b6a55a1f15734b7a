package io.edgellm.trust.oms;

import io.edgellm.internal.stream.ReadAhead;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads files once, in pieces, and hashes them. Immutable and thread-safe.
 *
 * <p>With an executor, its threads take files beside the caller's, and read ahead in large ones.
 * The caller waits only for files that somebody has begun, so that a full executor, or the one that
 * the caller itself runs on, only costs the speed-up.
 */
public final class ModelHasher {
  private static final int BUFFER_BYTES = 1 << 19;
  private static final int MAX_HELPERS = 7;

  private final @Nullable Executor executor;

  private ModelHasher(@Nullable Executor executor) {
    this.executor = executor;
  }

  /** Hashes in the calling thread. */
  public static ModelHasher sequential() {
    return new ModelHasher(null);
  }

  /** Hashes in the calling thread and on up to seven tasks of an executor. */
  public static ModelHasher on(Executor executor) {
    return new ModelHasher(executor);
  }

  /** Hashes files; the result has their order. */
  public List<HashedFile> hash(List<ModelFile> files, Partition partition, Symlinks symlinks)
      throws OmsFault {
    Work work = new Work(files, partition, symlinks, executor);
    work.offer();
    work.run();
    return work.results();
  }

  /** The files of one call, and who takes the next one. */
  private static final class Work implements Runnable {
    private final List<ModelFile> files;
    private final Partition partition;
    private final OpenOption[] options;
    private final @Nullable Executor executor;
    private final AtomicInteger next = new AtomicInteger();
    private final List<CompletableFuture<HashedFile>> results = new ArrayList<>();

    Work(
        List<ModelFile> files,
        Partition partition,
        Symlinks symlinks,
        @Nullable Executor executor) {
      this.executor = executor;
      this.files = files;
      this.partition = partition;
      this.options =
          symlinks == Symlinks.FOLLOWED
              ? new OpenOption[0]
              : new OpenOption[] {LinkOption.NOFOLLOW_LINKS};
      files.forEach(f -> results.add(new CompletableFuture<>()));
    }

    void offer() {
      try {
        for (int i = 0; executor != null && i < Math.min(MAX_HELPERS, files.size() - 1); i++) {
          executor.execute(this);
        }
      } catch (RejectedExecutionException e) {
        // A full or closed executor does not help; the caller does the work.
      }
    }

    @Override
    public void run() {
      byte[][] buffers = {new byte[BUFFER_BYTES], new byte[BUFFER_BYTES]};
      for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
        try {
          results.get(i).complete(hash(files.get(i), buffers));
        } catch (IOException e) {
          next.set(files.size());
          results.get(i).completeExceptionally(unreadable(files.get(i), e));
        } catch (RuntimeException | Error e) {
          next.set(files.size());
          results.get(i).completeExceptionally(e);
        }
      }
    }

    // Files are taken in order, so that all before one that failed have been taken and complete.
    List<HashedFile> results() throws OmsFault {
      List<HashedFile> hashed = new ArrayList<>();
      try {
        for (CompletableFuture<HashedFile> result : results) {
          hashed.add(result.join());
        }
      } catch (CompletionException e) {
        if (e.getCause() instanceof OmsFault fault) {
          throw fault;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e;
      }
      return hashed;
    }

    private static OmsFault unreadable(ModelFile file, IOException e) {
      return new OmsFault(
          OmsFault.Kind.UNREADABLE,
          "'" + file.name() + "' cannot be read (" + e + "): check the disk and the permissions.",
          file.name(),
          e);
    }

    private HashedFile hash(ModelFile file, byte[][] buffers) throws IOException {
      FileDigest digest = new FileDigest(file.name(), partition);
      try (InputStream in = Files.newInputStream(file.path(), options)) {
        if (executor == null || Files.size(file.path()) <= BUFFER_BYTES) {
          for (int n = in.read(buffers[0]); n >= 0; n = in.read(buffers[0])) {
            digest.update(buffers[0], n);
          }
        } else {
          readAhead(in, executor, buffers, digest);
        }
      }
      return digest.finish();
    }

    private static void readAhead(
        InputStream in, Executor executor, byte[][] buffers, FileDigest digest) throws IOException {
      try (ReadAhead pieces = new ReadAhead(in, executor, buffers[0], buffers[1])) {
        boolean more = true;
        while (more) {
          more = pieces.next(digest::update);
        }
      }
    }
  }

  /** The digests of one file. */
  private static final class FileDigest {
    private final String name;
    private final MessageDigest whole = Sha256.newDigest();
    private final @Nullable ShardDigests shards;
    private long sizeBytes;

    FileDigest(String name, Partition partition) {
      this.name = name;
      this.shards = partition instanceof Partition.Shards s ? new ShardDigests(name, s) : null;
    }

    void update(byte[] buffer, int length) {
      whole.update(buffer, 0, length);
      if (shards != null) {
        shards.update(buffer, length);
      }
      sizeBytes += length;
    }

    HashedFile finish() {
      Sha256 digest = Sha256.of(whole.digest(), 0);
      return new HashedFile(
          name,
          sizeBytes,
          digest,
          shards == null ? List.of(new Resource(name, digest)) : shards.finish());
    }
  }

  /** Cuts a stream of bytes into shards. */
  private static final class ShardDigests {
    private final String file;
    private final long shardBytes;
    private final MessageDigest digest = Sha256.newDigest();
    private final List<Resource> resources = new ArrayList<>();
    private long start;
    private long end;

    ShardDigests(String file, Partition.Shards shards) {
      this.file = file;
      this.shardBytes = shards.shardBytes();
    }

    void update(byte[] buffer, int length) {
      int offset = 0;
      while (offset < length) {
        int n = (int) Math.min(length - offset, shardBytes - (end - start));
        digest.update(buffer, offset, n);
        offset += n;
        end += n;
        if (end - start == shardBytes) {
          close();
        }
      }
    }

    List<Resource> finish() {
      if (end > start) {
        close();
      }
      return resources;
    }

    private void close() {
      resources.add(new Resource(file + ":" + start + ":" + end, Sha256.of(digest.digest(), 0)));
      start = end;
    }
  }
}
