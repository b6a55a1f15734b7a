package io.edgellm.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {
  private static final int BUFFER_BYTES = 16;

  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  @AfterEach
  void end() {
    pool.shutdownNow();
  }

  private static byte[] read(InputStream in, Executor executor) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (ReadAhead pieces =
        new ReadAhead(in, executor, new byte[BUFFER_BYTES], new byte[BUFFER_BYTES])) {
      boolean more = true;
      while (more) {
        more = pieces.next((buffer, length) -> read.write(buffer, 0, length));
      }
    }
    return read.toByteArray();
  }

  private static void reject(Runnable task) {
    throw new RejectedExecutionException("full");
  }

  @Test
  void readsEveryByteInOrderWhoeverReads() throws IOException {
    List<Executor> executors = List.of(pool, Runnable::run, task -> {}, ReadAheadTest::reject);
    for (int length = 0; length < 5 * BUFFER_BYTES; length++) {
      byte[] content = new byte[length];
      new Random(length).nextBytes(content);
      for (Executor executor : executors) {
        assertThat(read(new ByteArrayInputStream(content), executor)).isEqualTo(content);
      }
    }
  }

  @Test
  void saysWhatWentWrongInWhicheverThread() {
    for (Executor executor : List.<Executor>of(pool, Runnable::run, task -> {})) {
      InputStream broken =
          new InputStream() {
            private int left = 3 * BUFFER_BYTES;

            @Override
            public int read() throws IOException {
              if (left-- == 0) {
                throw new IOException("the disk is gone");
              }
              return 1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
              target[offset] = (byte) read();
              return 1;
            }
          };
      assertThatThrownBy(() -> read(broken, executor)).hasMessage("the disk is gone");
    }
  }

  @Test
  void closesTheStreamOnlyWhenNobodyReadsItAnyMore() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    boolean[] closedWhileReading = {false};
    InputStream slow =
        new InputStream() {
          private volatile boolean inside;

          @Override
          public int read() {
            return -1;
          }

          @Override
          public int readNBytes(byte[] target, int offset, int length) throws IOException {
            inside = true;
            reading.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            inside = false;
            return 0;
          }

          @Override
          public void close() {
            closedWhileReading[0] = inside;
          }
        };
    ReadAhead pieces = new ReadAhead(slow, pool, new byte[BUFFER_BYTES], new byte[BUFFER_BYTES]);
    reading.await();
    pool.execute(goOn::countDown);
    pieces.close();
    assertThat(closedWhileReading[0]).isFalse();
  }
}
