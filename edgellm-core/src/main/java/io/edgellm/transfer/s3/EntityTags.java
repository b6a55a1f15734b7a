package io.edgellm.transfer.s3;

import io.edgellm.transfer.HttpAnswer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The tags that tell one state of an object from the next: not digests, and of no meaning but to be
 * the same. Those of the objects asked for last are kept. Thread-safe.
 */
final class EntityTags {
  private static final int MAX = 256;

  /** A weak one says nothing of bytes. */
  private static final Pattern STRONG = Pattern.compile("\"[!#-~]{1,256}\"");

  private final Map<String, String> byPath =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX;
        }
      };

  synchronized Optional<String> of(String path) {
    return Optional.ofNullable(byPath.get(path));
  }

  synchronized void keep(String path, HttpAnswer answer) {
    byPath.remove(path);
    answer
        .header("ETag")
        .filter(tag -> STRONG.matcher(tag).matches())
        .ifPresent(tag -> byPath.put(path, tag));
  }
}
