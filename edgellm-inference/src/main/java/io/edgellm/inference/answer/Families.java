package io.edgellm.inference.answer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The families whose calls are known, in the order in which they are looked for. */
final class Families {
  private static final List<Function<ModelText, Optional<CallForm>>> RECOGNITION =
      List.of(
          DeepSeek::in,
          TaggedList::in,
          Mistral::in,
          QwenCoder::in,
          Hermes::in,
          Pythonic::in,
          Llama::in);

  private static final Map<String, Supplier<CallForm>> BY_NAME =
      Map.ofEntries(
          Map.entry("hermes", Hermes::form),
          Map.entry("qwen-coder", QwenCoder::form),
          Map.entry("llama", Llama::form),
          Map.entry("pythonic", Pythonic::form),
          Map.entry("lfm2", Pythonic::liquid),
          Map.entry("mistral", Mistral::list),
          Map.entry("mistral-named", () -> Mistral.named(false)),
          Map.entry("mistral-named-with-ids", () -> Mistral.named(true)),
          Map.entry("phi-4-mini", TaggedList::phi),
          Map.entry("granite-3", TaggedList::granite),
          Map.entry("command", TaggedList::command),
          Map.entry("deepseek-v3", DeepSeek::v3),
          Map.entry("deepseek-v3.1", DeepSeek::v31));

  private Families() {}

  /** Returns how a model writes calls, if its template or vocabulary tells. */
  static Optional<CallForm> recognise(ModelText model) {
    return RECOGNITION.stream()
        .map(each -> each.apply(model))
        .flatMap(Optional::stream)
        .findFirst();
  }

  static Optional<CallForm> named(String family) {
    return Optional.ofNullable(BY_NAME.get(family)).map(Supplier::get);
  }

  static List<String> names() {
    return BY_NAME.keySet().stream().sorted().toList();
  }
}
