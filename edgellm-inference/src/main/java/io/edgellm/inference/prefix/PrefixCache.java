package io.edgellm.inference.prefix;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what models computed for the beginnings of prompts, so that a system prompt that many
 * requests share is read once: in memory, and in a directory that outlives the process.
 *
 * <p>A request goes like this: {@link #longest} says from where on its prompt has to be read, and
 * {@link #boundary} says after how many tokens the cache would like an image of what was computed;
 * the scheduler ends a pass there and calls {@link #keep}.
 *
 * <p><b>What gets an image.</b> What the host marked as a common prefix; and what came before two
 * prompts of the last 64 parted ({@link RecentPrompts}). Nothing else, since an image costs memory,
 * and on disk it holds text. An image only pays if it saves {@link
 * PrefixCacheOptions#fewestTokens()} more than what is there already.
 *
 * <p><b>Where it goes.</b> Into memory at once, and to disk as soon as the executor comes to it:
 * then it is there after a crash, and nothing has to be written when memory is short. No more than
 * two writes wait; an image that finds no place in the queue is not written, and tried again when
 * it is used next. An image that is found on disk is taken into memory.
 *
 * <p><b>Privacy.</b> Snapshots hold tokens, so they exist only if the host gives a directory; files
 * are for their owner only, and {@link #clear()} deletes them. Checksums find damage, not malice:
 * whoever can write to the directory can change what models say, which is why one that others may
 * write to is not used.
 *
 * <p>Thread-safe; one for all models of a loader. The lock is never held during a copy or an access
 * to the disk. {@link #longest} reads from the disk on the calling thread, as far as that is where
 * the prefix is.
 */
public final class PrefixCache implements AutoCloseable {
  private final PrefixCacheOptions options;
  private final ImageAllocator allocator;
  private final Executor executor;
  private final @Nullable DiskTier disk;
  private final @Nullable WriteQueue writes;
  private final Optional<String> diskFault;

  // All that follows is guarded by this.
  private final PrefixIndex index = new PrefixIndex();
  private final HostTier host;

  /** Grows when all is cleared: what was begun before must not come back after it. */
  private long epoch;

  private boolean closed;
  private long slotHits;
  private long hostHits;
  private long diskHits;
  private long misses;
  private long savedTokens;

  /**
   * Opens the directory, if the options name one. One that cannot be used does not keep the models
   * from running: the cache does without, and {@link #statistics()} says why.
   *
   * @param executor does what takes long: writing, and reading headers. It should have one thread;
   *     the host shuts it down after the cache is closed
   * @param clock says which snapshots were used last
   */
  public PrefixCache(
      PrefixCacheOptions options,
      ImageAllocator allocator,
      Executor executor,
      InstantSource clock) {
    this(options, allocator, executor, clock, Disk.local());
  }

  PrefixCache(
      PrefixCacheOptions options,
      ImageAllocator allocator,
      Executor executor,
      InstantSource clock,
      Disk medium) {
    this.options = options;
    this.allocator = allocator;
    this.executor = executor;
    this.host = new HostTier(options.hostBytes(), index::leftMemory);
    @Nullable DiskTier opened = null;
    Optional<String> fault = Optional.empty();
    if (options.directory() != null) {
      try {
        opened =
            new DiskTier(
                medium, options.directory(), options.diskBytes(), clock, this::evictedFromDisk);
      } catch (IOException e) {
        fault = Optional.of(e.toString());
      }
    }
    this.disk = opened;
    this.writes = opened == null ? null : new WriteQueue(opened, executor);
    this.diskFault = fault;
  }

  /**
   * Makes a model known, so that the executor looks what the directory has of it. Called when a
   * model begins to load, the list is there when it serves; without a call it is made at first use.
   */
  public void attach(ModelKey model) {
    synchronized (this) {
      if (closed || !index.add(model)) {
        return;
      }
    }
    if (disk != null) {
      DiskTier tier = disk;
      execute(() -> scan(tier, model));
    }
  }

  private void scan(DiskTier tier, ModelKey model) {
    long before = epoch();
    List<Prefix> found;
    try {
      found = tier.scan(model);
    } catch (IOException e) {
      // Then nothing is known to be there.
      return;
    }
    synchronized (this) {
      if (isCurrent(model, before)) {
        found.forEach(index::cameToDisk);
      }
    }
  }

  private void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The host is closing; a list or a time of use that is out of date harms nobody.
      return;
    }
  }

  private synchronized void evictedFromDisk(Set<String> fileNames) {
    index.leftDisk(fileNames);
  }

  private synchronized long epoch() {
    return epoch;
  }

  private synchronized boolean isCurrent(ModelKey model, long since) {
    return !closed && epoch == since && index.knows(model);
  }

  /**
   * Forgets what is in memory of a model that is unloaded; hits that are open stay good. What is on
   * disk stays.
   */
  public synchronized void detach(ModelKey model) {
    index.remove(model);
    host.removeAll(model);
  }

  /**
   * Finds the image that saves the most tokens of a prompt. The last token is always left to be
   * read, since its logits are wanted.
   *
   * @param inSlot how many tokens the cache of the best free sequence begins with already; an image
   *     must have {@link PrefixCacheOptions#fewestTokens()} more to be worth its restoring
   * @return an image that the caller has to close, or empty
   */
  public Optional<PrefixHit> longest(ModelKey model, int[] prompt, int inSlot) {
    attach(model);
    while (true) {
      Optional<TokenTrie.Match<Prefix>> match = find(model, prompt, inSlot);
      if (match.isEmpty()) {
        noteWithout(inSlot);
        return Optional.empty();
      }
      Prefix prefix = match.get().value();
      int tokens = match.get().tokens();
      Optional<Image> image = fromMemory(prefix);
      if (image.isPresent()) {
        return Optional.of(hit(image.get(), tokens, Tier.HOST));
      }
      try {
        image = fromDisk(prefix);
        if (image.isEmpty()) {
          noteWithout(inSlot);
        }
        return image.map(i -> hit(i, tokens, Tier.DISK));
      } catch (IOException e) {
        // Deleted, damaged or foreign: the next best may do.
        forgetOnDisk(prefix);
      }
    }
  }

  private synchronized Optional<TokenTrie.Match<Prefix>> find(
      ModelKey model, int[] prompt, int inSlot) {
    return index
        .longest(model, prompt, prompt.length - 1)
        .filter(m -> m.tokens() - inSlot >= options.fewestTokens());
  }

  private synchronized void noteWithout(int inSlot) {
    if (inSlot < options.fewestTokens()) {
      misses++;
    } else {
      slotHits++;
    }
    savedTokens += inSlot;
  }

  private synchronized PrefixHit hit(Image image, int tokens, Tier tier) {
    if (tier == Tier.HOST) {
      hostHits++;
    } else {
      diskHits++;
    }
    savedTokens += tokens;
    return new PrefixHit(image, tokens, tier);
  }

  private Optional<Image> fromMemory(Prefix prefix) {
    Optional<Image> image;
    boolean written;
    synchronized (this) {
      image = host.find(prefix);
      written = index.isOnDisk(prefix);
    }
    if (image.isPresent() && disk != null && writes != null) {
      DiskTier tier = disk;
      if (written) {
        execute(() -> tier.touch(prefix));
      } else {
        write(writes, image.get());
      }
    }
    return image;
  }

  /**
   * Reads an image, which the caller then holds, and takes it into memory.
   *
   * @return empty if there is no memory for it
   */
  private Optional<Image> fromDisk(Prefix prefix) throws IOException {
    if (disk == null) {
      throw new NoSuchFileException(prefix.fileName());
    }
    long before = epoch();
    Optional<Image> image = disk.read(prefix, allocator);
    image.ifPresent(i -> putInMemory(i, before));
    return image;
  }

  private synchronized void putInMemory(Image image, long since) {
    if (isCurrent(image.prefix().model(), since)) {
      index.cameToMemory(image.prefix());
      host.put(image.retain());
    }
  }

  /** Also forgets what stands in the index without being anywhere. */
  private synchronized void forgetOnDisk(Prefix prefix) {
    index.leftDisk(prefix);
  }

  /**
   * Says after how many tokens of a prompt an image is wanted, and remembers the prompt to compare
   * later ones with. Asked once for each request, before its prompt is read. Where a sequence holds
   * more than that already, an image that is divisible can be made at once; of others it is too
   * late.
   *
   * @param marked how many tokens the host said that others will begin with, too; 0 for none
   * @return 0 if no image is wanted
   */
  public int boundary(ModelKey model, int[] prompt, int marked) {
    attach(model);
    synchronized (this) {
      return closed ? 0 : index.boundary(model, prompt, marked, options.fewestTokens());
    }
  }

  /**
   * Takes an image of what was computed for the first tokens of a prompt, unless it is there
   * already, is larger than what the cache may keep, or there is no memory for it.
   *
   * @param tokens begins with those of the image
   * @param count how many tokens the image is of
   * @param imageBytes how long it is
   * @param save writes it to a buffer in little-endian order that has exactly that much room;
   *     called on this thread, or not at all. What it throws reaches the caller, and nothing is
   *     kept
   */
  public void keep(
      ModelKey model, int[] tokens, int count, long imageBytes, Consumer<ByteBuffer> save) {
    attach(model);
    Prefix prefix = new Prefix(model, tokens, count);
    long before = epoch();
    if (hasRoomFor(imageBytes) && !isKept(prefix)) {
      save(prefix, (int) imageBytes, save).ifPresent(image -> admit(image, before));
    }
  }

  private boolean hasRoomFor(long imageBytes) {
    boolean somewhere = imageBytes <= options.hostBytes() || isForDisk(imageBytes);
    return imageBytes > 0 && imageBytes <= Integer.MAX_VALUE && somewhere;
  }

  private boolean isForDisk(long imageBytes) {
    return disk != null && imageBytes <= options.diskBytes();
  }

  private synchronized boolean isKept(Prefix prefix) {
    return closed || index.isOnDisk(prefix) || index.isInMemory(prefix);
  }

  private Optional<Image> save(Prefix prefix, int imageBytes, Consumer<ByteBuffer> save) {
    Optional<ImageMemory> memory = allocator.allocate(imageBytes);
    if (memory.isEmpty()) {
      return Optional.empty();
    }
    Image image = new Image(prefix, memory.get());
    try {
      save.accept(memory.get().bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN));
      return Optional.of(image.retain());
    } finally {
      image.release();
    }
  }

  private void admit(Image image, long since) {
    try {
      putInMemory(image, since);
      if (writes != null) {
        write(writes, image);
      }
    } finally {
      image.release();
    }
  }

  /** Lets the executor write an image. */
  private void write(WriteQueue queue, Image image) {
    if (image.bytes() <= options.diskBytes()) {
      long since = epoch();
      queue.offer(image, () -> epoch() == since, prefix -> written(prefix, since));
    }
  }

  private synchronized void written(Prefix prefix, long since) {
    if (isCurrent(prefix.model(), since)) {
      index.cameToDisk(prefix);
    }
  }

  /** Returns what was done since this was made, and what is here now. */
  public synchronized PrefixCacheStatistics statistics() {
    return new PrefixCacheStatistics(
        slotHits,
        hostHits,
        diskHits,
        misses,
        savedTokens,
        host.images(),
        host.bytes(),
        host.evictions(),
        disk == null ? 0 : disk.files(),
        disk == null ? 0 : disk.bytes(),
        disk == null ? 0 : disk.evictions(),
        writes == null ? 0 : writes.dropped(),
        disk == null ? Map.of() : disk.refusals(),
        diskFault);
  }

  /**
   * Forgets everything: images in memory, snapshots on disk of all models, and the prompts that
   * were compared. Waits for the disk; what is being written is gone, too, when this returns.
   *
   * @throws UncheckedIOException if something could not be deleted
   */
  public void clear() {
    synchronized (this) {
      epoch++;
      index.clear();
      host.clear();
    }
    if (disk != null) {
      try {
        disk.clear();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Frees the memory as soon as nobody uses it. What waits to be written still is, if the executor
   * lives on for it. Afterwards nothing is found and nothing is kept.
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      index.clear();
      host.clear();
    }
    if (writes != null) {
      writes.close();
    }
  }
}
