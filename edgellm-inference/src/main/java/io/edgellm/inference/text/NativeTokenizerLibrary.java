package io.edgellm.inference.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import io.edgellm.llm.InferenceException;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native tokenizer library out of DJL's jar, without the network.
 *
 * <p>The jar holds the library for Linux x86-64 and aarch64 (glibc 2.34), macOS aarch64 and Windows
 * x86-64. DJL copies it once per version to {@code tokenizers/<version>-cpu-<platform>} below the
 * directory named by {@code ENGINE_CACHE_DIR}, else {@code DJL_CACHE_DIR}, else {@code ~/.djl.ai}
 * (environment variable or system property), and loads it from there; {@code RUST_LIBRARY_PATH}
 * names a library that is already installed. On a machine with CUDA it would download another build
 * instead: its off-line switch is therefore set while the library loads.
 */
final class NativeTokenizerLibrary {
  private static final String OFFLINE = "ai.djl.offline";

  private NativeTokenizerLibrary() {}

  /**
   * Loads the library if it is not loaded yet.
   *
   * @throws InferenceException RUNTIME if there is none for this platform or it does not load
   */
  static synchronized void load() {
    String before = System.getProperty(OFFLINE);
    System.setProperty(OFFLINE, "true");
    try {
      LibUtils.checkStatus();
    } catch (RuntimeException | LinkageError e) {
      throw new InferenceException(
          InferenceException.Reason.RUNTIME,
          "The native tokenizer library does not load on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; install it and name it in RUST_LIBRARY_PATH, or make the directory in"
              + " ENGINE_CACHE_DIR writable: "
              + e.getMessage(),
          "tokenizers",
          e);
    } finally {
      restore(before);
    }
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      System.clearProperty(OFFLINE);
    } else {
      System.setProperty(OFFLINE, before);
    }
  }
}
