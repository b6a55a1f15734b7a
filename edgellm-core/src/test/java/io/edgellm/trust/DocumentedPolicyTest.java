package io.edgellm.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every policy in the documentation is one. */
class DocumentedPolicyTest {
  private static final Pattern BLOCK =
      Pattern.compile("(?s)```yaml\n(schema: edgellm.trust.*?)```");

  @TestFactory
  List<DynamicTest> isRead(@TempDir Path path) throws IOException {
    PolicyDirectory directory = new PolicyDirectory(path);
    String page = Files.readString(Path.of("..", "docs", "trust.md"));
    List<String> policies = BLOCK.matcher(page).results().map(block -> block.group(1)).toList();
    assertThat(policies).isNotEmpty();
    return policies.stream()
        .map(
            policy ->
                DynamicTest.dynamicTest(
                    "line " + page.substring(0, page.indexOf(policy)).lines().count(),
                    () ->
                        assertThat(TrustPolicy.fromYaml(policy, directory.path).signers())
                            .isNotEmpty()))
        .toList();
  }
}
