package io.edgellm.inference.graph;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside of the heap that both Java and the runtime see, filled with zeros, and free the
 * moment it is closed.
 *
 * <p>A direct buffer alone is freed when the garbage collector comes by, so that an unloaded model
 * would hold its cache for an unknown time. From Java 22 on an Arena owns the memory; before, where
 * there is none, the buffer's own cleaner is called through {@code sun.misc.Unsafe}, as Netty and
 * Lucene do. Both are looked up by name since this is compiled for Java 17. Where neither is there,
 * the collector has to do it. Up to Java 21, {@code -XX:MaxDirectMemorySize} (by default as much as
 * the heap's bound) limits the sum of all.
 *
 * <p>Nothing may use the buffer after {@link #close()}. Any thread may close it, once.
 */
public final class NativeMemory implements AutoCloseable {
  private static final Allocator ALLOCATOR = allocator();

  private final ByteBuffer bytes;
  private final AutoCloseable release;

  private NativeMemory(ByteBuffer bytes, AutoCloseable release) {
    this.bytes = bytes.order(ByteOrder.nativeOrder());
    this.release = release;
  }

  /**
   * Allocates memory.
   *
   * @param bytes how much, below 2 GiB
   * @throws OutOfMemoryError if there is not enough
   */
  public static NativeMemory allocate(long bytes) {
    return ALLOCATOR.allocate(Math.toIntExact(bytes));
  }

  /** Returns the whole of it in native byte order; position and limit are the caller's. */
  public ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public void close() {
    try {
      release.close();
    } catch (Exception e) {
      throw new IllegalStateException("The memory was freed before.", e);
    }
  }

  private interface Allocator {
    NativeMemory allocate(int bytes);
  }

  private static Allocator allocator() {
    try {
      return Runtime.version().feature() >= 22 ? new Arenas() : new Cleaners();
    } catch (ReflectiveOperationException | RuntimeException e) {
      return bytes -> new NativeMemory(ByteBuffer.allocateDirect(bytes), () -> {});
    }
  }

  /** java.lang.foreign.Arena, final since Java 22. */
  private static final class Arenas implements Allocator {
    private static final long PAGE = 4096;

    private final MethodHandle ofShared;
    private final MethodHandle allocate;
    private final MethodHandle asByteBuffer;

    Arenas() throws ReflectiveOperationException {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      ofShared = lookup.findStatic(arena, "ofShared", MethodType.methodType(arena));
      allocate =
          lookup.findVirtual(
              arena, "allocate", MethodType.methodType(segment, long.class, long.class));
      asByteBuffer =
          lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
    }

    @Override
    public NativeMemory allocate(int bytes) {
      @Nullable AutoCloseable arena = null;
      try {
        arena = (AutoCloseable) ofShared.invoke();
        Object segment = allocate.invoke(arena, (long) bytes, PAGE);
        return new NativeMemory((ByteBuffer) asByteBuffer.invoke(segment), arena);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("The platform's arenas do not work.", e);
      }
    }
  }

  /** sun.misc.Unsafe.invokeCleaner, deprecated only where there are arenas. */
  private static final class Cleaners implements Allocator {
    private final Object unsafe;
    private final Method invokeCleaner;

    Cleaners() throws ReflectiveOperationException {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field field = type.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      unsafe = field.get(null);
      invokeCleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
    }

    @Override
    public NativeMemory allocate(int bytes) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
      return new NativeMemory(buffer, () -> invokeCleaner.invoke(unsafe, buffer));
    }
  }
}
