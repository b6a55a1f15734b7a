package io.edgellm.inference.template;

import java.util.AbstractList;
import java.util.RandomAccess;

/** The numbers of {@code range(start, stop, step)}, which take no memory. */
final class Range extends AbstractList<Value> implements RandomAccess {
  /** Jinja's sandbox has the same bound. */
  private static final long MAX_SIZE = 100_000;

  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  Range(long start, long stop, long step) {
    if (step == 0) {
      throw new Fault("range() needs a step that is not zero.");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
    double distance = step > 0 ? (double) stop - start : (double) start - stop;
    if (distance / Math.abs((double) step) > MAX_SIZE) {
      throw new Fault("range() gives " + MAX_SIZE + " numbers at most.");
    }
    this.size = distance <= 0 ? 0 : (int) Math.ceil(distance / Math.abs((double) step));
  }

  /** The part of the range that a slice with these bounds walks through. */
  Range part(long from, long to, long stride) {
    return new Range(start + from * step, start + to * step, step * stride);
  }

  @Override
  public Value get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return Value.of(start + index * step);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String toString() {
    return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
  }
}
