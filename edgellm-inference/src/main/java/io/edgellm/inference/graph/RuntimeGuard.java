package io.edgellm.inference.graph;

import ai.onnxruntime.OrtEnvironment;
import io.edgellm.llm.InferenceException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Starts the runtime only where it stays silent.
 *
 * <p>From 1.29 on, ONNX Runtime sends usage events by default on Linux and macOS. Only the
 * environment variable {@code ORT_DISABLE_TELEMETRY=1} stops all of them, and a JVM cannot set its
 * own environment. Where a host brings such a version, it sets the variable or says in code that it
 * accepts the events. See docs/decisions/001-pin-onnxruntime.md.
 *
 * @param disableVariable what {@code ORT_DISABLE_TELEMETRY} says, or null
 * @param accepted whether the host accepts the events
 */
public record RuntimeGuard(@Nullable String disableVariable, boolean accepted) {
  private static final int FIRST_MINOR_WITH_EVENTS = 29;
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** Takes the variable from the environment of this process. */
  public static RuntimeGuard ofThisProcess(boolean accepted) {
    return new RuntimeGuard(System.getenv("ORT_DISABLE_TELEMETRY"), accepted);
  }

  /**
   * Returns the environment of the runtime. The version is first read from the jar, before any
   * native code runs, then asked of the library that was really loaded.
   *
   * @throws InferenceException RUNTIME if it may send events, or does not load on this platform
   */
  public OrtEnvironment start() {
    String ofJar = OrtEnvironment.class.getPackage().getImplementationVersion();
    if (ofJar != null) {
      check(ofJar);
    }
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      check(environment.getVersion());
      return environment;
    } catch (LinkageError | IllegalStateException e) {
      throw new InferenceException(
          InferenceException.Reason.RUNTIME,
          "ONNX Runtime does not load on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; it needs glibc 2.28, or install its library and name the folder in"
              + " -Donnxruntime.native.path: "
              + e.getMessage(),
          "onnxruntime",
          e);
    }
  }

  /**
   * Checks a version.
   *
   * @throws InferenceException RUNTIME if it may send events
   */
  void check(String version) {
    if (accepted || "1".equals(disableVariable) || !sendsEvents(version)) {
      return;
    }
    throw new InferenceException(
        InferenceException.Reason.RUNTIME,
        "ONNX Runtime "
            + version
            + " sends usage events. Use 1.28, start this process with ORT_DISABLE_TELEMETRY=1, or"
            + " accept the events by OnnxOptions.Builder.acceptRuntimeTelemetry().",
        "onnxruntime " + version);
  }

  private static boolean sendsEvents(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()) {
      return true;
    }
    int major = Integer.parseInt(matcher.group(1));
    return major > 1
        || (major == 1 && Integer.parseInt(matcher.group(2)) >= FIRST_MINOR_WITH_EVENTS);
  }
}
