package io.edgellm.inference.answer;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer in OpenAI's harmony format: messages, each with a header that says for whom it is and
 * on which channel, as gpt-oss writes them.
 *
 * <p>The channel {@code analysis} is reasoning, {@code final} is text, and so is {@code commentary}
 * without a recipient: the preamble that the person shall see before calls. A message to {@code
 * functions.name} is a call with its arguments. The recipient may stand before the channel or
 * behind it.
 *
 * @see <a href="https://cookbook.openai.com/articles/openai-harmony">The harmony format</a>
 */
final class HarmonySection implements Section {
  static final String START = "<|start|>";
  static final String CHANNEL = "<|channel|>";
  static final String MESSAGE = "<|message|>";
  static final String CONSTRAIN = "<|constrain|>";
  static final String END = "<|end|>";
  static final String CALL = "<|call|>";
  static final String RETURN = "<|return|>";
  static final List<String> TAGS = List.of(START, CHANNEL, MESSAGE, CONSTRAIN, END, CALL, RETURN);

  private static final List<String> ENDS = List.of(END, CALL, RETURN, START);

  /** A header without its message; longer than this, it is text without a header. */
  private static final int LONGEST_HEADER = 512;

  private static final Pattern CHANNEL_NAME = Pattern.compile("<\\|channel\\|>\\s*(\\w+)");
  private static final Pattern RECIPIENT = Pattern.compile("\\bto=([^\\s<]+)");
  private static final String FUNCTIONS = "functions.";

  private enum Body {
    HEADER,
    REASONING,
    TEXT,
    CALL,
    OTHER_CALL
  }

  private final AnswerReader answer;
  private final boolean readsCalls;
  private Body body = Body.HEADER;
  private CallDraft draft;
  private int argumentsFrom;
  private String header = "";

  HarmonySection(AnswerReader answer, boolean readsCalls) {
    this.answer = answer;
    this.readsCalls = readsCalls;
    this.draft = new CallDraft(answer.tools());
  }

  @Override
  public Section read(Transcript transcript, boolean over) {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = body == Body.HEADER ? header(transcript, over) : body(transcript, over);
    }
    return this;
  }

  private boolean header(Transcript transcript, boolean over) {
    int place = transcript.start();
    while (place < transcript.end()) {
      if (transcript.tag(MESSAGE, place) == Match.YES) {
        header = transcript.text(transcript.start(), place);
        open(transcript, place + MESSAGE.length());
        return true;
      }
      place++;
    }
    if (over || transcript.end() - transcript.start() > LONGEST_HEADER) {
      // A model that writes no header means text; what is a header without a message is nothing.
      String rest = transcript.take(transcript.end());
      if (!rest.startsWith(START) && !rest.startsWith(CHANNEL)) {
        answer.parts().text(rest);
      }
      body = over ? Body.HEADER : Body.TEXT;
    }
    return false;
  }

  private void open(Transcript transcript, int from) {
    Matcher recipient = RECIPIENT.matcher(header);
    Matcher channel = CHANNEL_NAME.matcher(header);
    argumentsFrom = from;
    if (readsCalls && recipient.find() && !recipient.group(1).equals("assistant")) {
      call(recipient.group(1));
    } else {
      boolean thinks = channel.find() && channel.group(1).equals("analysis");
      body = thinks ? Body.REASONING : Body.TEXT;
      transcript.take(from);
    }
  }

  private void call(String recipient) {
    answer.parts().endText();
    draft = new CallDraft(answer.tools());
    if (recipient.startsWith(FUNCTIONS)) {
      body = Body.CALL;
      draft.name(recipient.substring(FUNCTIONS.length()));
      draft.knownName().ifPresent(answer.parts()::started);
    } else {
      body = Body.OTHER_CALL;
      draft.name(recipient);
    }
  }

  private boolean body(Transcript transcript, boolean over) {
    int place =
        Math.max(
            transcript.start(), body == Body.CALL || body == Body.OTHER_CALL ? argumentsFrom : 0);
    while (place < transcript.end() && !isEnd(transcript, place)) {
      place++;
    }
    boolean ended = place < transcript.end();
    switch (body) {
      case REASONING -> answer.parts().reasoning(transcript.take(place));
      case TEXT -> answer.parts().text(transcript.take(place));
      default -> {
        if (!ended && !over) {
          return false;
        }
        finishCall(transcript, place);
      }
    }
    if (ended) {
      skipEnd(transcript);
      body = Body.HEADER;
    }
    return ended;
  }

  private static boolean isEnd(Transcript transcript, int place) {
    return transcript.isControl(place)
        && ENDS.stream().anyMatch(tag -> transcript.tag(tag, place) == Match.YES);
  }

  private static void skipEnd(Transcript transcript) {
    int place = transcript.start();
    String tag =
        ENDS.stream().filter(end -> transcript.tag(end, place) == Match.YES).findFirst().orElse("");
    if (!tag.equals(START)) {
      transcript.take(place + tag.length());
    }
  }

  private void finishCall(Transcript transcript, int end) {
    String arguments = transcript.text(argumentsFrom, end);
    try {
      String name = draft.tool().name();
      answer.parts().called(name, CallJson.arguments(CallJson.parse(arguments)), draft.id());
      transcript.take(end);
    } catch (MalformedCallException e) {
      answer.parts().rejected(transcript.take(end), e.reason());
    }
  }
}
