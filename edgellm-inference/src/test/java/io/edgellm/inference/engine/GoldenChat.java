package io.edgellm.inference.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.llm.ChatMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A conversation of golden.json with what torch made of it. */
public record GoldenChat(
    List<ChatMessage> messages,
    List<Integer> promptIds,
    List<Integer> outputIds,
    String text,
    boolean endedByModel,
    List<Integer> topIds,
    List<Double> topLogits) {

  public static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));

  public static List<GoldenChat> all() {
    try {
      List<GoldenChat> chats = new ArrayList<>();
      for (JsonNode chat :
          new ObjectMapper().readTree(SAMPLE.resolve("golden.json").toFile()).path("chats")) {
        chats.add(of(chat));
      }
      return chats;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenChat of(JsonNode chat) {
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : chat.path("messages")) {
      messages.add(
          new ChatMessage(
              ChatMessage.Role.valueOf(message.path("role").asText().toUpperCase(Locale.ROOT)),
              message.path("content").asText()));
    }
    JsonNode top = chat.path("first_logits_top20");
    return new GoldenChat(
        messages,
        ints(chat.path("prompt_ids")),
        ints(chat.path("output_ids")),
        chat.path("text").asText(),
        chat.path("stopped_on_end").asBoolean(),
        ints(top.path("ids")),
        doubles(top.path("values")));
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> out = new ArrayList<>();
    array.forEach(n -> out.add(n.asInt()));
    return out;
  }

  private static List<Double> doubles(JsonNode array) {
    List<Double> out = new ArrayList<>();
    array.forEach(n -> out.add(n.asDouble()));
    return out;
  }

  public int[] prompt() {
    return promptIds.stream().mapToInt(Integer::intValue).toArray();
  }
}
