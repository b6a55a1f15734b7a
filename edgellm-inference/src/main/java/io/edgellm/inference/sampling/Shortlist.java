package io.edgellm.inference.sampling;

/**
 * Some tokens with a key each, and selection among them without sorting them all: the k best by a
 * heap of k, the best until a sum is reached by a heap over those there are. Of equal keys the
 * lower token counts as better.
 *
 * <p>Memory for a whole vocabulary, used again for every token. For one thread.
 */
final class Shortlist {
  private final int[] tokens;
  private final float[] keys;
  private int size;

  Shortlist(int capacity) {
    this.tokens = new int[capacity];
    this.keys = new float[capacity];
  }

  int size() {
    return size;
  }

  int token(int i) {
    return tokens[i];
  }

  float key(int i) {
    return keys[i];
  }

  void key(int i, float key) {
    keys[i] = key;
  }

  void clear() {
    size = 0;
  }

  void add(int token, float key) {
    tokens[size] = token;
    keys[size++] = key;
  }

  /** Keeps the first ones. */
  void truncate(int count) {
    size = count;
  }

  /** Puts an entry where another one is. */
  void move(int from, int to) {
    tokens[to] = tokens[from];
    keys[to] = keys[from];
  }

  /** Returns the largest key; negative infinity if there is none. */
  float largest() {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, keys[i]);
    }
    return largest;
  }

  /** Returns the lowest token. */
  int lowestToken() {
    int lowest = tokens[0];
    for (int i = 1; i < size; i++) {
      lowest = Math.min(lowest, tokens[i]);
    }
    return lowest;
  }

  /** Keeps the k best, the worst of them first. */
  void keepBest(int k) {
    if (k >= size) {
      k = size;
    }
    for (int i = k / 2 - 1; i >= 0; i--) {
      siftWorstUp(i, k);
    }
    for (int i = k; i < size; i++) {
      if (better(i, 0)) {
        move(i, 0);
        siftWorstUp(0, k);
      }
    }
    size = k;
  }

  /** Takes the worst one out after {@link #keepBest}, and returns its token. */
  int takeWorst() {
    int worst = tokens[0];
    move(--size, 0);
    siftWorstUp(0, size);
    return worst;
  }

  /** Begins to take the best ones with {@link #popBest}. */
  void heapBest() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftBestUp(i, size);
    }
  }

  /** Puts the best of the first {@code heap} entries at their end; it stays there. */
  void popBest(int heap) {
    swap(0, heap - 1);
    siftBestUp(0, heap - 1);
  }

  /** Keeps the entries from {@code first} on. */
  void keepFrom(int first) {
    System.arraycopy(tokens, first, tokens, 0, size - first);
    System.arraycopy(keys, first, keys, 0, size - first);
    size -= first;
  }

  private boolean better(int i, int j) {
    return keys[i] > keys[j] || (keys[i] == keys[j] && tokens[i] < tokens[j]);
  }

  private void swap(int i, int j) {
    int token = tokens[i];
    float key = keys[i];
    move(j, i);
    tokens[j] = token;
    keys[j] = key;
  }

  private void siftWorstUp(int from, int heap) {
    int at = from;
    for (int child = 2 * at + 1; child < heap; child = 2 * at + 1) {
      if (child + 1 < heap && better(child, child + 1)) {
        child++;
      }
      if (!better(at, child)) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }

  private void siftBestUp(int from, int heap) {
    int at = from;
    for (int child = 2 * at + 1; child < heap; child = 2 * at + 1) {
      if (child + 1 < heap && better(child + 1, child)) {
        child++;
      }
      if (!better(child, at)) {
        return;
      }
      swap(at, child);
      at = child;
    }
  }
}
