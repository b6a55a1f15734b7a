package io.edgellm.delta;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Makes a delta from an old file to a new one, at the publisher.
 *
 * <p>Both files are read once in order, the old one also at positions; the heap holds about 40 MiB
 * at any size. The same files and alignment give the same bytes on every run; another JDK may give
 * others, since raw bytes go through its zlib, but always ones that decode to the same file. The
 * manifest names the digest of the delta that was made.
 *
 * <p>Thread-safe; every call works by itself.
 */
public final class DeltaEncoder {
  /** A delta above this share of the new file is not worth its work on the device. */
  public static final double WORTHWHILE_SHARE = 0.6;

  /** Below this part of a segment nobody need try whether deflating it would be less. */
  private static final int CLEARLY_SMALLER = 16;

  private final double worthwhileShare;
  private final Disk disk = Disk.local();

  /** An encoder that gives up above {@link #WORTHWHILE_SHARE}. */
  public DeltaEncoder() {
    this(WORTHWHILE_SHARE);
  }

  /**
   * @param worthwhileShare above this share of the new file there is no delta; more than 0
   */
  public DeltaEncoder(double worthwhileShare) {
    if (!(worthwhileShare > 0)) {
      throw new IllegalArgumentException("A delta has at least some bytes.");
    }
    this.worthwhileShare = worthwhileShare;
  }

  /**
   * Makes a delta.
   *
   * @param base the old file
   * @param target the new file
   * @param alignment which tensor stood where; {@link TensorAlignment#none()} if nobody knows
   * @param out the delta; it appears whole or not at all, and replaces a file that is there
   * @param listener hears of progress
   * @param cancelled asked before every segment; true ends with {@code CANCELLED}
   * @return what was made, or nothing if it is not worthwhile
   * @throws DeltaException with {@code CANCELLED} or {@code IO}
   */
  public Optional<EncodedDelta> encode(
      Path base,
      Path target,
      TensorAlignment alignment,
      Path out,
      DeltaListener listener,
      BooleanSupplier cancelled) {
    Path segments = DurableFile.temporaryFor(out.resolveSibling(out.getFileName() + ".segments"));
    try (FileChannel baseChannel = FileChannel.open(base);
        FileChannel targetChannel = FileChannel.open(target)) {
      try {
        Run run = new Run(baseChannel, targetChannel, listener, cancelled);
        Optional<DeltaHeader> header = run.encode(alignment, segments);
        if (header.isEmpty()) {
          return Optional.empty();
        }
        return Optional.of(write(header.get(), run.index(), segments, out));
      } finally {
        disk.delete(segments);
      }
    } catch (IOException e) {
      throw new DeltaException(
          DeltaException.Reason.IO,
          "The delta cannot be made (" + e + "): correct this and make it again.",
          out.toString(),
          e);
    }
  }

  private EncodedDelta write(DeltaHeader header, byte[] index, Path segments, Path out)
      throws IOException {
    Path temporary = DurableFile.temporaryFor(out);
    try {
      long size;
      try (FileChannel from = FileChannel.open(segments);
          FileChannel to = create(temporary)) {
        writeFully(to, header.encode(index));
        writeFully(to, index);
        for (long done = 0; done < from.size(); ) {
          done += from.transferTo(done, from.size() - done, to);
        }
        size = to.size();
      }
      disk.force(temporary);
      disk.move(temporary, out);
      disk.forceDirectory(out.toAbsolutePath().resolveSibling(""));
      return new EncodedDelta(header.base(), header.target(), header.targetBytes(), size);
    } finally {
      disk.delete(temporary);
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** One call of {@link #encode}. */
  private final class Run {
    private final PositionedFile base;
    private final PositionedFile target;
    private final DeltaListener listener;
    private final BooleanSupplier cancelled;
    private final int[] lengths;

    Run(FileChannel base, FileChannel target, DeltaListener listener, BooleanSupplier cancelled)
        throws IOException {
      this.base = new PositionedFile(base);
      this.target = new PositionedFile(target);
      this.listener = listener;
      this.cancelled = cancelled;
      requireSize(this.base);
      requireSize(this.target);
      this.lengths = new int[DeltaHeader.segments(this.target.sizeBytes())];
    }

    private void requireSize(PositionedFile file) throws IOException {
      if (file.sizeBytes() > DeltaHeader.MAX_FILE_BYTES) {
        throw new IOException("a file has more than " + DeltaHeader.MAX_FILE_BYTES + " bytes");
      }
    }

    Optional<DeltaHeader> encode(TensorAlignment alignment, Path segments) throws IOException {
      long totalBytes = base.sizeBytes() + target.sizeBytes();
      MessageDigest baseDigest = Sha256.newDigest();
      AnchorIndex anchors =
          AnchorIndex.of(
              base,
              baseDigest,
              read -> {
                requireWanted();
                listener.onProgress(read, totalBytes);
              });
      ShiftSearch search = new ShiftSearch(base, anchors, alignment, target.sizeBytes());
      SegmentWriter writer = new SegmentWriter(base);
      MessageDigest targetDigest = Sha256.newDigest();
      byte[] bytes = new byte[DeltaHeader.SEGMENT_BYTES];
      long written = DeltaHeader.BYTES;
      try (FileChannel out = create(segments)) {
        for (int i = 0; i < lengths.length; i++) {
          requireWanted();
          long position = (long) i * bytes.length;
          int length = (int) Math.min(bytes.length, target.sizeBytes() - position);
          target.read(position, bytes, 0, length);
          targetDigest.update(bytes, 0, length);
          Segment part = new Segment(bytes, length, position);
          List<Piece> pieces = SegmentPlan.of(part, search.in(part), base, alignment);
          byte[] segment = smallest(writer, pieces, part);
          writeFully(out, segment);
          lengths[i] = segment.length;
          written += segment.length;
          if (written > worthwhileShare * target.sizeBytes()) {
            return Optional.empty();
          }
          listener.onProgress(base.sizeBytes() + position + length, totalBytes);
        }
      }
      return Optional.of(
          new DeltaHeader(
              Sha256.of(baseDigest.digest(), 0),
              Sha256.of(targetDigest.digest(), 0),
              base.sizeBytes(),
              target.sizeBytes(),
              index().length));
    }

    byte[] index() {
      return SegmentIndex.encode(lengths);
    }

    private byte[] smallest(SegmentWriter writer, List<Piece> pieces, Segment segment)
        throws IOException {
      byte[] planned = writer.write(pieces, segment);
      if (planned.length < segment.length() / CLEARLY_SMALLER) {
        return planned;
      }
      byte[] raw = SegmentWriter.raw(segment);
      return raw.length < planned.length ? raw : planned;
    }

    private void requireWanted() {
      if (cancelled.getAsBoolean()) {
        throw new DeltaException(
            DeltaException.Reason.CANCELLED, "The delta was cancelled; nothing was written.", null);
      }
    }
  }
}
