package io.edgellm.inference.surgery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What kernels choose themselves by: the kind of processor and what it can do. Linux tells in
 * {@code /proc/cpuinfo}; elsewhere the architecture and Windows' own name of the processor stand
 * for it.
 */
final class CpuIdentity {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** On x86 and on ARM. */
  private static final Set<String> FIELDS =
      Set.of(
          "model name",
          "flags",
          "vendor_id",
          "cpu family",
          "model",
          "stepping",
          "Features",
          "CPU implementer",
          "CPU architecture",
          "CPU variant",
          "CPU part",
          "CPU revision");

  private CpuIdentity() {}

  /** Describes the processors of this machine; the same text for the same kinds. */
  static String ofThisMachine() {
    Set<String> lines = new TreeSet<>();
    lines.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    lines.add(String.valueOf(System.getenv("PROCESSOR_IDENTIFIER")));
    try (Stream<String> info = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
      info.filter(line -> FIELDS.contains(line.split(":", 2)[0].strip()))
          .map(line -> line.replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
          .forEach(lines::add);
    } catch (IOException e) {
      // No Linux; what is known above has to do.
      lines.add("no " + CPU_INFO);
    }
    return String.join("\n", lines);
  }
}
