package io.edgellm.inference;

import io.edgellm.llm.JsonSchema;
import io.edgellm.llm.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The tools that the sample model was trained to call, with schemas as its model card says. */
final class HouseTools {
  private static final String TEXT = "{\"type\":\"string\",\"minLength\":1,\"maxLength\":80}";
  private static final String NAME = "{\"type\":\"string\",\"pattern\":\"^[a-z ]{2,24}$\"}";
  private static final String PERCENT = "{\"type\":\"integer\",\"minimum\":0,\"maximum\":100}";
  private static final String TIME =
      "{\"type\":\"string\",\"pattern\":\"^([01]\\\\d|2[0-3]):[0-5]\\\\d$\"}";
  private static final String DAY =
      oneOf(
          "today",
          "tomorrow",
          "monday",
          "tuesday",
          "wednesday",
          "thursday",
          "friday",
          "saturday",
          "sunday");

  private HouseTools() {}

  static List<ToolDefinition> all() {
    List<ToolDefinition> tools = new ArrayList<>();
    tools.add(
        tool(
            "light.set",
            "room?",
            NAME,
            "state?",
            oneOf("on", "off"),
            "level?",
            PERCENT,
            "color?",
            NAME));
    tools.add(
        tool(
            "thermostat.set",
            "room?",
            NAME,
            "temp",
            "{\"type\":\"number\",\"minimum\":5,\"maximum\":35}"));
    tools.add(tool("blinds.set", "room?", NAME, "position", oneOf("open", "closed", "half")));
    tools.add(tool("lock.set", "door", NAME, "state", oneOf("locked", "unlocked")));
    tools.add(
        tool(
            "timer.start",
            "value",
            "{\"type\":\"integer\",\"minimum\":1,\"maximum\":999}",
            "unit",
            oneOf("seconds", "minutes", "hours"),
            "label?",
            TEXT));
    tools.add(tool("alarm.set", "time", TIME, "day?", DAY));
    tools.add(tool("music.play", "query", TEXT, "room?", NAME));
    tools.add(tool("music.stop"));
    tools.add(tool("volume.set", "level", PERCENT));
    tools.add(tool("vacuum.start", "room?", NAME));
    tools.add(tool("vacuum.dock"));
    tools.add(tool("file.open", "path", TEXT));
    tools.add(tool("file.move", "from", TEXT, "to", TEXT));
    tools.add(tool("file.delete", "path", TEXT));
    tools.add(tool("app.launch", "app", TEXT));
    tools.add(tool("note.create", "text", TEXT));
    tools.add(tool("reminder.create", "text", TEXT, "time?", TIME, "day?", DAY));
    tools.add(tool("clipboard.copy", "text", TEXT));
    tools.add(tool("screen.lock"));
    tools.add(tool("none", "text", TEXT));
    return tools;
  }

  private static String oneOf(String... values) {
    return "{\"enum\":[\"" + String.join("\",\"", values) + "\"]}";
  }

  /**
   * A tool from its properties by name and schema; a name that ends in a question mark is optional.
   */
  private static ToolDefinition tool(String name, String... properties) {
    Map<String, String> schemas = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (int i = 0; i < properties.length; i += 2) {
      String property = properties[i].replace("?", "");
      schemas.put(property, properties[i + 1]);
      if (property.equals(properties[i])) {
        required.add("\"" + property + "\"");
      }
    }
    String members =
        schemas.entrySet().stream()
            .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
            .collect(Collectors.joining(","));
    return new ToolDefinition(
        name,
        "",
        new JsonSchema(
            "{\"type\":\"object\",\"properties\":{"
                + members
                + "},\"required\":"
                + required
                + ",\"additionalProperties\":false}"));
  }
}
