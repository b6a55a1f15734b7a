package io.edgellm.examples;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of Java in the documentation compiles.
 *
 * <p>A whole file compiles as it is. A fragment sees all exported packages of the libraries and the
 * usual ones of the JDK; what else it takes for granted is named in a comment before the block, as
 * in {@code <!-- given: Path model, List<Probe> probes -->}, methods after a semicolon: {@code <!--
 * given: Artifact file; void fetch(Artifact file, Path into) -->}.
 *
 * <p>All blocks are compiled in one run, since starting the compiler takes longer than a block.
 */
final class DocumentedCodeTest {
  private static final List<String> JDK_PACKAGES =
      List.of(
          "java.io",
          "java.net",
          "java.net.http",
          "java.nio.file",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.function",
          "java.util.stream");

  @TestFactory
  List<DynamicTest> compiles(@TempDir Path classes) throws IOException {
    List<DocumentedCode> blocks = blocks(MarkdownFile.all());
    Map<DocumentedCode, List<String>> errors = compile(blocks, classes);
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest(
                    block.place(),
                    () -> assertThat(errors.getOrDefault(block, List.of())).isEmpty()))
        .toList();
  }

  @Test
  void namesPageAndLineOfAnError(@TempDir Path classes) {
    MarkdownFile page =
        new MarkdownFile(
            Path.of("..", "docs", "broken.md").toAbsolutePath().normalize(),
            List.of(
                "<!-- given: List<String> names; void greet(String name) -->",
                "```java",
                "names.forEach(this::greet);",
                "greet(nobody);",
                "```"));
    assertThat(compile(blocks(List.of(page)), classes).values().stream().flatMap(List::stream))
        .singleElement()
        .asString()
        .startsWith("docs/broken.md:4: ");
  }

  private static List<DocumentedCode> blocks(List<MarkdownFile> pages) {
    List<DocumentedCode> blocks = new ArrayList<>();
    String imports = imports();
    for (MarkdownFile page : pages) {
      for (MarkdownFile.CodeBlock block : page.codeBlocks()) {
        if (block.language().equals("java")) {
          blocks.add(DocumentedCode.of("block" + blocks.size(), page, block, imports));
        }
      }
    }
    return blocks;
  }

  /** Returns imports of the JDK's usual packages and of all that our modules export to everyone. */
  private static String imports() {
    Path[] ours =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(DocumentedCodeTest::isOurs)
            .toArray(Path[]::new);
    Stream<String> exported =
        ModuleFinder.of(ours).findAll().stream()
            .flatMap(module -> module.descriptor().exports().stream())
            .filter(exports -> !exports.isQualified())
            .map(Exports::source);
    return Stream.concat(JDK_PACKAGES.stream(), exported)
        .map(name -> "import " + name + ".*; ")
        .collect(joining());
  }

  /** A module of the build is a directory of classes, or a jar once it has been packaged. */
  private static boolean isOurs(Path entry) {
    String file = Objects.toString(entry.getFileName());
    return Files.exists(entry.resolve("module-info.class"))
        || (file.startsWith("edgellm-") && file.endsWith(".jar"));
  }

  private static Map<DocumentedCode, List<String>> compile(
      List<DocumentedCode> blocks, Path classes) {
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    StringWriter output = new StringWriter();
    ToolProvider.getSystemJavaCompiler()
        .getTask(output, null, diagnostics, options(classes), null, blocks)
        .call();
    assertThat(output.toString()).isEmpty();
    return diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .collect(groupingBy(DocumentedCodeTest::block, mapping(DocumentedCodeTest::say, toList())));
  }

  private static List<String> options(Path classes) {
    return List.of(
        "--release",
        "17",
        "-proc:none",
        "-Xmaxerrs",
        "1000",
        // So that a syntax error in one block does not hide the errors of the others.
        "-XDshould-stop.ifError=FLOW",
        "-d",
        classes.toString());
  }

  private static DocumentedCode block(Diagnostic<? extends JavaFileObject> diagnostic) {
    if (diagnostic.getSource() instanceof DocumentedCode block) {
      return block;
    }
    throw new IllegalStateException("The compiler failed: " + diagnostic);
  }

  private static String say(Diagnostic<? extends JavaFileObject> diagnostic) {
    return block(diagnostic).placeOf(diagnostic.getLineNumber())
        + ": "
        + diagnostic.getMessage(null);
  }
}
