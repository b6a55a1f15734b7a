package io.edgellm.release;

import io.edgellm.model.Artifact.Role;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a file of a model is for, by its name as the tools of the field write it. A name that is not
 * known has no type, so that nothing gets into a release by accident.
 *
 * @param role what it is for
 * @param mediaType what it is
 */
record ArtifactType(Role role, String mediaType) {
  private static final String JSON = "application/json";
  private static final String JSON_LINES = "application/jsonl";
  private static final String TEXT = "text/plain";
  private static final String OCTETS = "application/octet-stream";

  private record Rule(Pattern name, ArtifactType type) {}

  // The first rule that matches the file name in lower case decides.
  private static final List<Rule> RULES =
      List.of(
          rule(".+\\.onnx", Role.GRAPH, "application/vnd.onnx.model"),
          rule(".+\\.(onnx[._]data|data|bin|safetensors)(_[0-9]+)?", Role.WEIGHTS, OCTETS),
          rule(".+\\.onnx_adapter", Role.WEIGHTS, OCTETS),
          rule("golden.*\\.json", Role.GOLDEN, JSON),
          rule("golden.*\\.jsonl", Role.GOLDEN, JSON_LINES),
          rule("(tokenizer.*|special_tokens_map|added_tokens|vocab)\\.json", Role.TOKENIZER, JSON),
          rule("(merges|vocab)\\.txt", Role.TOKENIZER, TEXT),
          rule("(tokenizer|spiece|sentencepiece.*)\\.model", Role.TOKENIZER, OCTETS),
          rule(".+\\.jinja", Role.TEMPLATE, TEXT),
          rule("(license|licence|notice|copying|readme)[^.]*(\\.txt)?", Role.DOCUMENT, TEXT),
          rule(".+\\.md", Role.DOCUMENT, "text/markdown"),
          rule(".+\\.txt", Role.DOCUMENT, TEXT),
          rule(".+\\.pdf", Role.DOCUMENT, "application/pdf"),
          rule(".+\\.json", Role.CONFIG, JSON));

  private static Rule rule(String name, Role role, String mediaType) {
    return new Rule(Pattern.compile(name), new ArtifactType(role, mediaType));
  }

  static Optional<ArtifactType> of(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return RULES.stream().filter(r -> r.name().matcher(name).matches()).map(Rule::type).findFirst();
  }
}
