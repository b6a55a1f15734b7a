package io.edgellm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.edgellm.model.EdgeLlmException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/errors.md explains what can go wrong, and nothing that cannot. */
final class DocumentedErrorsTest {
  private static final Pattern HEADING = Pattern.compile("## (\\w+Exception)");
  private static final Pattern ROW = Pattern.compile("\\| `([A-Z_]+)` \\|.*");

  @TestFactory
  List<DynamicTest> everyReasonIsExplained() throws IOException {
    Map<String, Set<String>> explained = explained();
    return exceptions()
        .map(
            exception ->
                DynamicTest.dynamicTest(
                    exception.getSimpleName(),
                    () ->
                        assertThat(explained.get(exception.getSimpleName()))
                            .as("reasons of %s in docs/errors.md", exception.getSimpleName())
                            .isEqualTo(reasons(exception))))
        .toList();
  }

  @Test
  void nothingElseIsExplained() throws IOException {
    assertThat(exceptions().map(JavaClass::getSimpleName)).containsAll(explained().keySet());
  }

  private static Stream<JavaClass> exceptions() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> location.contains("Exception.class"))
            .importPackages("io.edgellm")
            .stream()
            .filter(type -> type.isAssignableTo(EdgeLlmException.class))
            .filter(type -> !type.isEquivalentTo(EdgeLlmException.class));
  }

  private static Set<String> reasons(JavaClass exception) {
    return Stream.of(exception.reflect().getDeclaredClasses())
        .filter(Class::isEnum)
        .flatMap(type -> Stream.of(type.getEnumConstants()))
        .map(constant -> ((Enum<?>) constant).name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, Set<String>> explained() throws IOException {
    Map<String, Set<String>> explained = new TreeMap<>();
    String exception = "";
    for (String line : MarkdownFile.at("docs/errors.md").lines()) {
      Matcher heading = HEADING.matcher(line);
      Matcher row = ROW.matcher(line);
      if (heading.matches()) {
        exception = heading.group(1);
        explained.put(exception, new TreeSet<>());
      } else if (row.matches()) {
        explained.computeIfAbsent(exception, name -> new TreeSet<>()).add(row.group(1));
      }
    }
    return explained;
  }
}
