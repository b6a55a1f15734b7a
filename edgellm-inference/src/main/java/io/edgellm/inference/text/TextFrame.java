package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The special tokens that a tokenizer's post-processor puts around a text that stands alone.
 *
 * @param before their ids in front of it
 * @param after their ids behind it
 */
record TextFrame(List<Integer> before, List<Integer> after) {
  TextFrame {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /** Reads a post_processor: TemplateProcessing, BertProcessing, RobertaProcessing, or others. */
  static TextFrame of(JsonNode postProcessor) {
    for (JsonNode part : postProcessor.path("processors")) {
      TextFrame frame = of(part);
      if (!frame.before.isEmpty() || !frame.after.isEmpty()) {
        return frame;
      }
    }
    return switch (postProcessor.path("type").asText()) {
      case "TemplateProcessing" -> ofTemplate(postProcessor);
      case "BertProcessing", "RobertaProcessing" ->
          new TextFrame(
              List.of(postProcessor.path("cls").path(1).asInt()),
              List.of(postProcessor.path("sep").path(1).asInt()));
      default -> new TextFrame(List.of(), List.of());
    };
  }

  private static TextFrame ofTemplate(JsonNode template) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    List<Integer> side = before;
    for (JsonNode part : template.path("single")) {
      if (part.has("Sequence")) {
        side = after;
        continue;
      }
      String name = part.path("SpecialToken").path("id").asText();
      for (JsonNode id : template.path("special_tokens").path(name).path("ids")) {
        side.add(id.asInt());
      }
    }
    return new TextFrame(before, after);
  }
}
