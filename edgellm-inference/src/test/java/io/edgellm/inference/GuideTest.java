package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuideTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void theProgramInTheGuideRuns(@TempDir Path folder) throws Exception {
    Matcher program = JAVA.matcher(Files.readString(Path.of("..", "docs", "inference.md")));
    assertThat(program.find()).isTrue();
    Path source = Files.writeString(folder.resolve("Hello.java"), program.group(1));
    assertThat(run(source, GoldenChat.SAMPLE.resolve("genai"), folder.resolve("errors")))
        .isEqualTo("{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}");
  }

  /**
   * Newer JVMs warn of native code on the error stream; what the program prints is on the other.
   */
  private static String run(Path program, Path model, Path errors)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.toString(),
                model.toString())
            .redirectError(errors.toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return output;
  }
}
