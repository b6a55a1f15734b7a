package io.edgellm.trust.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The target paths that a delegated role may speak for. */
sealed interface PathSet {
  boolean contains(String path);

  static PathSet read(String name, JsonFields role) throws JsonFault {
    if (role.has("paths") == role.has("path_hash_prefixes")) {
      throw TufException.malformed(
          name, role.at("paths") + ": a delegation needs either paths or path_hash_prefixes");
    }
    return role.has("paths")
        ? new Patterns(role.texts("paths"))
        : new HashPrefixes(role.texts("path_hash_prefixes"));
  }

  /** Paths whose SHA-256 begins with one of these digits. */
  record HashPrefixes(List<String> prefixes) implements PathSet {
    @Override
    public boolean contains(String path) {
      String digest = Sha256.of(path.getBytes(StandardCharsets.UTF_8)).hex();
      return prefixes.stream().anyMatch(digest::startsWith);
    }
  }

  /**
   * Paths that fit one of these shell patterns. {@code *} stands for any characters but {@code /},
   * {@code ?} for one.
   */
  record Patterns(List<String> patterns) implements PathSet {
    @Override
    public boolean contains(String path) {
      return patterns.stream().anyMatch(pattern -> matches(pattern, path));
    }

    // Goes back only to the last star, so that no pattern takes more than quadratic time.
    private static boolean matches(String pattern, String path) {
      int p = 0;
      int s = 0;
      int star = -1;
      int resume = 0;
      while (s < path.length()) {
        if (p < pattern.length() && pattern.charAt(p) == '*') {
          star = p++;
          resume = s;
        } else if (p < pattern.length() && fits(pattern.charAt(p), path.charAt(s))) {
          p++;
          s++;
        } else if (star >= 0 && path.charAt(resume) != '/') {
          p = star + 1;
          s = ++resume;
        } else {
          return false;
        }
      }
      while (p < pattern.length() && pattern.charAt(p) == '*') {
        p++;
      }
      return p == pattern.length();
    }

    private static boolean fits(char pattern, char c) {
      return pattern == '?' ? c != '/' : pattern == c;
    }
  }
}
