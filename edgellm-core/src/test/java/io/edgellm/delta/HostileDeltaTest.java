package io.edgellm.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas with right checksums, made by somebody who means harm. */
class HostileDeltaTest {
  private static final int SIZE = 5000;
  private static final int RAW = 0x30;
  private static final int COPY = 0x00;
  private static final int CHANGE = 0x10;

  @TempDir Path directory;
  private DeltaFiles files;

  @BeforeEach
  void makeFiles() throws IOException {
    byte[] old = new byte[SIZE];
    files = new DeltaFiles(directory, old, new byte[SIZE + 1]);
  }

  @Test
  void refusesAFileThatIsNoDelta() throws IOException {
    files.replace(new byte[5000]);
    requireRefused(DeltaException.Reason.MALFORMED);
  }

  @Test
  void saysThatALaterVersionIsNotUnderstood() throws IOException {
    byte[] delta = delta(SIZE, SIZE + 1, 1 << 20, 1, segment());
    delta[6] = 2;
    files.replace(delta);
    requireRefused(DeltaException.Reason.UNSUPPORTED);
  }

  @Test
  void refusesHugeSizesBeforeItAsksForMemory() throws IOException {
    for (long size : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 39, (1L << 38) + 1}) {
      files.replace(delta(SIZE, size, 1 << 20, 1, segment()));
      requireRefused(DeltaException.Reason.MALFORMED);
      files.replace(delta(size, SIZE + 1, 1 << 20, 1, segment()));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  @Test
  void refusesOtherSizesOfSegments() throws IOException {
    for (int size : new int[] {0, -1, 1, 1 << 19, 1 << 21, Integer.MAX_VALUE}) {
      files.replace(delta(SIZE, SIZE + 1, size, 1, segment()));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  @Test
  void refusesAnIndexThatIsNotOneOfTheFile() throws IOException {
    for (int length : new int[] {0, -1, 3, 5, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      files.replace(delta(SIZE, SIZE + 1, 1 << 20, length, segment()));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  @Test
  void refusesASegmentThatBecomesTooLarge() throws IOException {
    byte[] bomb = new byte[1000];
    int length = deflated(new byte[900_000], bomb);
    byte[] list = list(RAW, SIZE + 1);
    files.replace(oneSegment(segment(1, list, new byte[0], Arrays.copyOf(bomb, length))));
    requireRefused(DeltaException.Reason.MALFORMED);
  }

  @Test
  void refusesPiecesBeyondTheSegment() throws IOException {
    for (long length : new long[] {0, SIZE + 2, 1L << 31, 1L << 40, Long.MAX_VALUE}) {
      files.replace(oneSegment(segment(0, list(RAW, length), new byte[0], new byte[SIZE + 1])));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  @Test
  void refusesSourcesOutsideOfTheOldFile() throws IOException {
    for (long shift :
        new long[] {
          0, 1, -1, SIZE, -SIZE, 1L << 38, -(1L << 38), 1L << 62, -(1L << 62), Long.MAX_VALUE >> 1
        }) {
      for (int way : new int[] {COPY, CHANGE}) {
        files.replace(
            oneSegment(
                segment(0, list(way, SIZE + 1, VarInt.zigzag(shift)), new byte[0], new byte[0])));
        requireRefused(DeltaException.Reason.MALFORMED);
      }
    }
  }

  @Test
  void refusesUnknownPiecesAndElements() throws IOException {
    for (int code : new int[] {0x36, 0x3F, 0x40, 0xF0, 0xFF}) {
      files.replace(oneSegment(segment(0, list(code, SIZE + 1), new byte[0], new byte[SIZE + 1])));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  @Test
  void refusesBytesThatNoPieceNeeds() throws IOException {
    byte[] right = list(RAW, SIZE + 1);
    byte[] longer = Arrays.copyOf(right, right.length + 1);
    byte[] raw = new byte[SIZE + 1];
    files.replace(oneSegment(segment(0, longer, new byte[0], raw)));
    requireRefused(DeltaException.Reason.MALFORMED);
    files.replace(oneSegment(segment(0, right, new byte[1], raw)));
    requireRefused(DeltaException.Reason.MALFORMED);
    files.replace(oneSegment(segment(0, right, new byte[0], new byte[SIZE + 2])));
    requireRefused(DeltaException.Reason.MALFORMED);
  }

  @Test
  void refusesPartsThatOverlap() throws IOException {
    for (long part : new long[] {SIZE, 1L << 31, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      ByteArrayOutputStream segment = new ByteArrayOutputStream();
      segment.write(0);
      VarInt.write(segment, part);
      VarInt.write(segment, part);
      segment.write(new byte[100]);
      files.replace(oneSegment(segment.toByteArray()));
      requireRefused(DeltaException.Reason.MALFORMED);
    }
  }

  private byte[] segment() {
    return segment(0, list(RAW, SIZE + 1), new byte[0], new byte[SIZE + 1]);
  }

  private static byte[] segment(int mode, byte[] list, byte[] coded, byte[] raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(mode);
    VarInt.write(out, list.length);
    VarInt.write(out, coded.length);
    out.writeBytes(list);
    out.writeBytes(coded);
    out.writeBytes(raw);
    return out.toByteArray();
  }

  private static byte[] list(int code, long... numbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(code);
    for (long number : numbers) {
      VarInt.write(out, number);
    }
    return out.toByteArray();
  }

  private static int deflated(byte[] bytes, byte[] into) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(bytes);
    deflater.finish();
    int length = deflater.deflate(into);
    deflater.end();
    return length;
  }

  private byte[] oneSegment(byte[] segment) throws IOException {
    byte[] index = SegmentIndex.encode(new int[] {segment.length});
    return delta(SIZE, SIZE + 1, 1 << 20, index.length, segment);
  }

  /** A delta whose checksum is right, whatever the header says. */
  private byte[] delta(
      long baseBytes, long targetBytes, int segmentBytes, int indexBytes, byte[] segment)
      throws IOException {
    byte[] index = SegmentIndex.encode(new int[] {segment.length});
    ByteBuffer out =
        ByteBuffer.allocate(DeltaHeader.BYTES + index.length + segment.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put("EDELTA".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 1)
        .putInt(segmentBytes)
        .putInt(indexBytes);
    out.putLong(baseBytes).putLong(targetBytes);
    out.put(Sha256.of(files.base()).bytes()).put(Sha256.of(files.target()).bytes());
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, out.position());
    crc.update(index);
    return out.putInt((int) crc.getValue()).put(index).put(segment).array();
  }

  private void requireRefused(DeltaException.Reason reason) throws IOException {
    BitSet all = new BitSet();
    all.set(0);
    assertThatThrownBy(() -> files.decode(files.described(), all))
        .isInstanceOfSatisfying(
            DeltaException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
