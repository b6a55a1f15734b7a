package io.edgellm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HelloTest {
  private static final Path SOURCE = Path.of("src/main/java/io/edgellm/examples/Hello.java");

  @Test
  void answersWithAToolCallAndASpeed() throws IOException, InterruptedException {
    List<String> output = run("io.edgellm.examples.Hello");
    assertThat(output).hasSize(2);
    assertThat(output.get(0))
        .isEqualTo("{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}");
    assertThat(output.get(1)).matches("[1-9]\\d* tokens/s");
  }

  @Test
  void isTheCodeOfTheReadme() throws IOException {
    String source = Files.readString(SOURCE);
    assertThat(MarkdownFile.at("README.md").codeBlocks())
        .filteredOn(block -> block.language().equals("java"))
        .extracting(MarkdownFile.CodeBlock::code)
        .contains(source.substring(source.indexOf("import ")));
  }

  /** Runs a program in the root of the project, as a reader would, and returns what it prints. */
  private static List<String> run(String program) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program)
            .directory(Path.of("..").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
